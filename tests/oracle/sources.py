"""Which log source a flat Sysmon event is, after the specification's appendix of taxonomy: the one
source whose fields rules name as the event does, so that with routing nothing else changes."""

CHANNEL = "Microsoft-Windows-Sysmon/Operational"
CATEGORIES = {
    "1": "process_creation", "2": "file_change", "3": "network_connection", "5": "process_termination", "6": "driver_load",
    "7": "image_load", "8": "create_remote_thread", "9": "raw_access_thread", "10": "process_access", "11": "file_event",
    "12": "registry_add registry_delete registry_event", "13": "registry_set registry_event",
    "14": "registry_rename registry_event", "15": "create_stream_hash", "17": "pipe_created", "18": "pipe_created",
    "19": "wmi_event", "20": "wmi_event", "21": "wmi_event", "22": "dns_query", "23": "file_delete", "25": "process_tampering",
    "26": "file_delete",
}


def is_sysmon(event):
    return event.values("Channel") == (CHANNEL,)


def holds(source, event):
    """Whether a rule of this log source is for the event."""
    number = getattr(event.values("EventID")[0], "text", "")
    return (source.get("product", "windows") == "windows" and source.get("service", "sysmon") == "sysmon" and
            source.get("category", "-") in CATEGORIES.get(number, "").split() + ["-"])
