"""Raw records as products write them, one row a log source of the public rules.

Each row: (product/category/service, rule that must fire, record that trips it, near miss).  Written by
hand from the products' published formats with values of our own.  A record of several lines is text;
JSON is given as a value and written compactly.  Windows rows say channel, provider, event id and data
once and are written in every form in which Windows events travel (see windows())."""
import json

HOST, WHEN = "pc7.example.tw", "2026-11-20T08:01:02.345678Z"


# ---- Windows: one event, the forms in which it comes ----

def winlogbeat(channel, provider, event, data):
    """Winlogbeat 8."""
    return json.dumps({"@timestamp": WHEN[:-4] + "Z", "agent": {"type": "winlogbeat", "version": "8.17.0"},
                       "ecs": {"version": "8.0.0"}, "event": {"code": str(event), "kind": "event", "provider": provider},
                       "host": {"name": HOST}, "log": {"level": "information"},
                       "winlog": {"api": "wineventlog", "channel": channel, "computer_name": HOST, "event_id": str(event),
                                  "provider_name": provider, "record_id": 4711, "process": {"pid": 612, "thread": {"id": 640}},
                                  "event_data": named(data)}})


def named(data):
    """Strings without names are param1, param2, … to shippers."""
    if "Data" not in data:
        return data
    more = {k: v for k, v in data.items() if k != "Data"}
    return {**{f"param{i + 1}": v for i, v in enumerate(data["Data"])}, **more}


def nxlog(channel, provider, event, data):
    """NXLog's im_msvistalog through to_json()."""
    text = {"Message": "\r\n".join(data["Data"])} if "Data" in data else {}
    return json.dumps({"EventTime": "2026-11-20 08:01:02", "Hostname": HOST, "Keywords": -9187343239835811840,
                       "SeverityValue": 2, "Severity": "INFO", "EventID": event, "SourceName": provider, "Version": 0,
                       "Task": 0, "OpcodeValue": 0, "RecordNumber": 4711, "ProcessID": 612, "ThreadID": 640,
                       "Channel": channel, **{k: v for k, v in data.items() if k != "Data"}, **text,
                       "EventReceivedTime": "2026-11-20 08:01:03", "SourceModuleName": "in",
                       "SourceModuleType": "im_msvistalog"})


def nested(channel, provider, event, data):
    """The event's XML made JSON, attributes below #attributes, as EVTX readers give it."""
    body = dict(data, Data={"#text": data["Data"]}) if "Data" in data else data
    return json.dumps({"Event": {"#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
                                 "System": {"Provider": {"#attributes": {"Name": provider}}, "EventID": event, "Version": 0,
                                            "Level": int(data.get("Level", 4)), "Task": 0, "Opcode": 0, "Keywords": "0x8000000000000000",
                                            "TimeCreated": {"#attributes": {"SystemTime": WHEN}}, "EventRecordID": 4711,
                                            "Execution": {"#attributes": {"ProcessID": 612, "ThreadID": 640}},
                                            "Channel": channel, "Computer": HOST, "Security": None},
                                 "EventData": body}})


def xml(channel, provider, event, data):
    """The event as Windows renders it (wevtutil, agents that send renderXml)."""
    def text(v):
        return str(v).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    def quoted(v):
        return text(v).replace("'", "&apos;")
    items = "".join(f"<Data Name='{quoted(k)}'>{text(v)}</Data>" for k, v in data.items() if k not in ("Data", "Level"))
    items += "".join(f"<Data>{text(v)}</Data>" for v in data.get("Data", ()))
    return (f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{quoted(provider)}' "
            "Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>"
            f"<EventID>{event}</EventID><Version>0</Version><Level>{data.get('Level', 4)}</Level><Task>0</Task><Opcode>0</Opcode>"
            f"<Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='{WHEN}'/><EventRecordID>4711</EventRecordID>"
            f"<Correlation/><Execution ProcessID='612' ThreadID='640'/><Channel>{text(channel)}</Channel><Computer>{HOST}</Computer>"
            f"<Security/></System><EventData>{items}</EventData></Event>")


FORMS = (winlogbeat, nxlog, nested, xml)

SYSMON = ("Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon")
SECURITY = ("Security", "Microsoft-Windows-Security-Auditing")
PROCESS = {"UtcTime": "2026-11-20 08:01:02.345", "ProcessGuid": "{0f6c1a2b-9d3e-6740-1f00-000000001100}", "ProcessId": 4242}


def ms(name, log="Operational"):
    return f"Microsoft-Windows-{name}/{log}", f"Microsoft-Windows-{name}"


# (source, rule, (channel, provider), event id, data, what a near miss changes: a dict of data, or another id)
WINDOWS = [
    ("windows/process_creation/", "f208d6d8-d83a-4c2c-960d-877c37da84e5", SYSMON, 1,
     {**PROCESS, "Image": "C:\\Users\\kai\\.exe", "CommandLine": "C:\\Users\\kai\\.exe -q", "User": "EXAMPLE\\kai"},
     {"Image": "C:\\Users\\kai\\a.exe"}),
    ("windows/process_creation/", "f208d6d8-d83a-4c2c-960d-877c37da84e5", SECURITY, 4688,
     {"SubjectUserName": "kai", "NewProcessId": "0x1092", "NewProcessName": "C:\\Users\\kai\\.exe", "ProcessId": "0x264"},
     {"NewProcessName": "C:\\Users\\kai\\exe"}),
    ("windows/registry_set/", "9ace0707-b560-49b8-b6ca-5148b42f39fb", SYSMON, 13,
     {**PROCESS, "EventType": "SetValue", "Image": "C:\\Windows\\regedit.exe", "Details": "C:\\Users\\Public\\up.cmd",
      "TargetObject": "HKU\\S-1-5-21-7-8-9-1001\\Environment\\UserInitMprLogonScript"},
     {"TargetObject": "HKU\\S-1-5-21-7-8-9-1001\\Environment\\Path"}),
    ("windows/registry_set/", "9ace0707-b560-49b8-b6ca-5148b42f39fb", SECURITY, 4657,
     {"SubjectUserName": "kai", "ObjectName": "\\REGISTRY\\USER\\S-1-5-21-7-8-9-1001\\Environment",
      "ObjectValueName": "UserInitMprLogonScript", "OperationType": "%%1904", "NewValueType": "%%1873",
      "NewValue": "C:\\Users\\Public\\up.cmd", "ProcessId": "0x10a4", "ProcessName": "C:\\Windows\\regedit.exe"},
     {"ObjectValueName": "Path"}),
    ("windows/file_event/", "8c3c76ca-8f8b-4b1d-aaf3-81aebcd367c9", SYSMON, 11,
     {**PROCESS, "Image": "C:\\Windows\\explorer.exe", "TargetFilename": "C:\\program.exe"},
     {"TargetFilename": "C:\\programs.exe"}),
    ("windows/ps_script/", "95f0643a-ed40-467c-806b-aac9542ec5ab", ms("PowerShell"), 4104,
     {"MessageNumber": 1, "MessageTotal": 1, "ScriptBlockText": "Get-SmbShare | Format-Table", "ScriptBlockId": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "Path": ""},
     {"ScriptBlockText": "Get-SmbMapping | Format-Table"}),
    ("windows//security", "0255a820-e564-4e40-af2b-6ac61160335c", SECURITY, 4706,
     {"DomainName": "PARTNER", "DomainSid": "S-1-5-21-1-2-3", "SubjectUserName": "admin", "TdoType": 2}, 4707),
    ("windows/image_load/", "640dc51c-7713-4faa-8a0e-e7c0d9d4654c", SYSMON, 7,
     {**PROCESS, "Image": "C:\\Windows\\ADFS\\adfs.exe", "ImageLoaded": "C:\\Windows\\ADFS\\version.dll"},
     {"ImageLoaded": "C:\\Windows\\System32\\version.dll"}),
    ("windows//system", "e97d9903-53b2-41fc-8cb9-889ed4093e80", ("System", "Service Control Manager"), 7045,
     {"ServiceName": "KrbSCM", "ImagePath": "C:\\t\\k.exe", "ServiceType": "user mode service", "StartType": "demand start", "AccountName": "LocalSystem"},
     {"ServiceName": "KrbSCMx"}),
    ("windows/network_connection/", "2fdaf50b-9fd5-449f-ba69-f17248119af6", SYSMON, 3,
     {**PROCESS, "Image": "C:\\Windows\\System32\\finger.exe", "Protocol": "tcp", "Initiated": "true", "SourceIp": "10.3.0.7",
      "SourcePort": 50112, "DestinationIp": "203.0.113.9", "DestinationPort": 79},
     {"Initiated": "false"}),
    ("windows/network_connection/", "2fdaf50b-9fd5-449f-ba69-f17248119af6", SECURITY, 5156,
     {"ProcessID": "4242", "Application": "\\device\\harddiskvolume3\\windows\\system32\\finger.exe", "Direction": "%%14593",
      "SourceAddress": "10.3.0.7", "SourcePort": "50112", "DestAddress": "203.0.113.9", "DestPort": "79", "Protocol": "6"},
     {"Direction": "%%14592"}),
    ("windows/registry_event/", "b6d235fc-1d38-4b12-adbe-325f06728f37", SYSMON, 12,
     {**PROCESS, "EventType": "CreateKey", "Image": "C:\\x.exe", "TargetObject": "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\cmmgr32.exe"},
     {"TargetObject": "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\cmmgr.exe"}),
    ("windows/ps_module/", "4cbd4f12-2e22-43e3-882f-bff3247ffb78", ms("PowerShell"), 4103,
     {"ContextInfo": "Severity = Informational\r\nHost Name = ConsoleHost", "UserData": "", "Payload": 'CommandInvocation(Get-Clipboard): "Get-Clipboard"'},
     {"Payload": 'CommandInvocation(Set-Clipboard): "Set-Clipboard"'}),
    ("windows//application", "218d2855-2bba-4f61-9c85-81d0ea63ac71", ("Application", "MSSQLSERVER"), 18456,
     {"Data": ["sa", " Reason: Password did not match that for the login provided.", " [CLIENT: 203.0.113.9]"]}, 18454),
    ("windows/dns_query/", "c082c2b0-525b-4dbc-9a26-a57dc4692074", SYSMON, 22,
     {**PROCESS, "QueryName": "fp.example.org", "QueryStatus": "0", "QueryResults": "::ffff:203.0.113.9;", "Image": "C:\\Windows\\System32\\finger.exe"},
     {"Image": "C:\\Windows\\System32\\fingers.exe"}),
    ("windows/process_access/", "3b4b232a-af90-427c-a22f-30b0c0837b95", SYSMON, 10,
     {"UtcTime": PROCESS["UtcTime"], "SourceImage": "C:\\Windows\\System32\\cmstp.exe", "TargetImage": "C:\\Windows\\System32\\dllhost.exe",
      "GrantedAccess": "0x1410", "CallTrace": "C:\\Windows\\SYSTEM32\\ntdll.dll+9d234|C:\\Windows\\System32\\cmlua.dll+1f31"},
     {"CallTrace": "C:\\Windows\\SYSTEM32\\ntdll.dll+9d234|C:\\Windows\\System32\\cmlu.dll+1f31"}),
    ("windows/pipe_created/", "f3f3a972-f982-40ad-b63c-bca6afdfad7c", SYSMON, 17,
     {**PROCESS, "EventType": "CreatePipe", "PipeName": "\\PSEXESVC", "Image": "C:\\Windows\\PSEXESVC.exe"}, {"PipeName": "\\PSEXESVC2"}),
    ("windows//windefend", "2afe6582-e149-11ea-87d0-0242ac130003", ms("Windows Defender"), 1013,
     {"Product Name": "Microsoft Defender Antivirus", "Timestamp": "2026-11-20T08:01:02.000Z", "Domain": "EXAMPLE", "User": "kai"}, 1014),
    ("windows/create_remote_thread/", "77564cc2-7382-438b-a7f6-395c2ae53b9a", SYSMON, 8,
     {"SourceImage": "C:\\t\\x.exe", "TargetImage": "C:\\Program Files\\KeePass\\KeePass.exe", "StartAddress": "0x00007FF8A6C11230", "StartFunction": "LoadLibraryA"},
     {"TargetImage": "C:\\Program Files\\KeePass\\KeePassXC.exe"}),
    ("windows/file_delete/", "7eac0a16-5832-4e81-865f-0268a6d19e4b", SYSMON, 23,
     {**PROCESS, "Image": "C:\\t\\x.exe", "TargetFilename": "C:\\Users\\kai\\Downloads\\a.zip:Zone.Identifier", "IsExecutable": "false", "Archived": "true"},
     {"TargetFilename": "C:\\Users\\kai\\Downloads\\a.zip"}),
    # The provider's ETW events as collectors name them: the image comes from the process table.
    ("windows/file_access/", "76a26006-0942-430b-8249-bd51d448f8e5", ms("Kernel-File", "Analytic"), 12,
     {"FileName": "\\Device\\HarddiskVolume3\\Windows\\Panther\\unattend.xml", "CreateOptions": "0x1000060", "Image": "C:\\t\\x.exe"},
     {"FileName": "\\Device\\HarddiskVolume3\\Windows\\Panther\\setup.xml"}),
    ("windows/file_rename/", "bbfd974c-248e-4435-8de6-1e938c79c5c1", ms("Kernel-File", "Analytic"), 27,
     {"SourceFilename": "C:\\Users\\kai\\note.txt", "TargetFilename": "C:\\Users\\kai\\note.dll", "Image": "C:\\Windows\\System32\\cmd.exe"},
     {"TargetFilename": "C:\\Users\\kai\\note.dl_"}),
    ("windows/ps_classic_start/", "b366adb4-d63d-422d-8a2c-186463b5ded0", ("Windows PowerShell", "PowerShell"), 400,
     {"Data": ["Available", "None", "\tNewEngineState=Available\r\n\tHostName=ConsoleHost\r\n\tHostApplication=powershell Get-NetTCPConnection\r\n"]},
     {"Data": ["Available", "None", "\tNewEngineState=Available\r\n\tHostName=ConsoleHost\r\n\tHostApplication=powershell Get-NetUDPEndpoint\r\n"]}),
    ("windows/ps_classic_provider_start/", "ec19ebab-72dc-40e1-9728-4c0b805d722c", ("Windows PowerShell", "PowerShell"), 600,
     {"Data": ["Registry", "Started", "\tProviderName=Registry\r\n\tNewProviderState=Started\r\n\tHostApplication=powershell Set-MpPreference -DisableIOAVProtection $true\r\n"]},
     {"Data": ["Registry", "Started", "\tProviderName=Registry\r\n\tNewProviderState=Started\r\n\tHostApplication=powershell Set-MpPreference -DisableIOAVProtection $false\r\n"]}),
    ("windows//powershell-classic", "71ff406e-b633-4989-96ec-bc49d825a412", ("Windows PowerShell", "PowerShell"), 800,
     {"Data": ["Compress-Archive -Path C:\\d -DestinationPath $env:TEMP\\d.zip", "\tDetailSequence=1\r\n", "CommandInvocation(Compress-Archive)"]},
     {"Data": ["Compress-Archive -Path C:\\d -DestinationPath D:\\d.zip", "\tDetailSequence=1\r\n", "CommandInvocation(Compress-Archive)"]}),
    ("windows//appxdeployment-server", "6ae53108-c3a0-4bee-8f45-c7591a2c337f", ms("AppXDeploymentServer"), 412,
     {"PackageFullName": "Tool_1.0.0.0_x64__abcdefgh12345"}, 411),
    ("windows//codeintegrity-operational", "951f8d29-f2f6-48a7-859f-0673ff105e6f", ms("CodeIntegrity"), 3001,
     {"FileNameLength": 32, "FileNameBuffer": "\\Windows\\System32\\drivers\\a.sys"}, 3011),
    ("windows/driver_load/", "2c4523d5-d481-4ed0-8ec3-7fbf0cb41a75", SYSMON, 6,
     {"ImageLoaded": "C:\\Windows\\Temp\\a.sys", "Hashes": "SHA256=00", "Signed": "false", "SignatureStatus": "Unavailable"},
     {"ImageLoaded": "C:\\Windows\\System32\\drivers\\a.sys"}),
    ("windows/registry_delete/", "3a9b8c1e-5b2e-4f7a-9d1c-2a7f3b6e1c55", SYSMON, 12,
     {**PROCESS, "EventType": "DeleteKey", "Image": "C:\\x.exe", "TargetObject": "HKU\\S-1-5-21-7-8-9-1001\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RunMRU"},
     {"TargetObject": "HKU\\S-1-5-21-7-8-9-1001\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RunMRUx"}),
    ("windows/registry_add/", "1d218616-71b0-4c40-855b-9dbe75510f7f", SYSMON, 12,
     {**PROCESS, "EventType": "CreateKey", "Image": "C:\\x.exe", "TargetObject": "HKU\\S-1-5-21-7-8-9-1001\\SOFTWARE\\NetWire"},
     {"TargetObject": "HKU\\S-1-5-21-7-8-9-1001\\SOFTWARE\\NetWrite"}),
    ("windows//firewall-as", "7ec15688-fd24-4177-ba43-1a950537ee39", ms("Windows Firewall With Advanced Security", "Firewall"), 2009, {"Profiles": 1}, 2010),
    ("windows/create_stream_hash/", "0d7a9363-af70-4e7b-a3b7-1a176b7fbe84", SYSMON, 15,
     {**PROCESS, "Image": "C:\\Windows\\regedit.exe", "TargetFilename": "C:\\Users\\kai\\a.txt:b", "Hash": "MD5=00"},
     {"Image": "C:\\Windows\\notepad.exe"}),
    ("windows//msexchange-management", "4fe151c2-ecf9-4fae-95ae-b88ec9c2fca6", ("MSExchange Management", "MSExchange CmdletLogs"), 1,
     {"Data": ["Install-TransportAgent", "-Name \"x\"", "example.tw/Users/kai"]}, {"Data": ["Get-TransportAgent", "-Name \"x\"", "example.tw/Users/kai"]}),
    ("windows//bits-client", "1ff315dc-2a3a-4b71-8dde-873818d25d39", ms("Bits-Client"), 3,
     {"jobTitle": "up", "jobId": "{5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21}", "jobOwner": "EXAMPLE\\kai", "processPath": "C:\\Windows\\System32\\bitsadmin.exe", "processId": "4242"},
     {"processPath": "C:\\Windows\\System32\\svchost.exe"}),
    ("windows//dns-client", "090ffaad-c01a-4879-850c-6d57da98452d", ("Microsoft-Windows-DNS-Client/Operational", "Microsoft-Windows-DNS-Client"), 3008,
     {"QueryName": "ufile.io", "QueryType": "1", "QueryOptions": "0x0", "QueryStatus": "0", "QueryResults": ""}, {"QueryName": "ufile.example"}),
    ("windows//taskscheduler", "424273ea-7cf8-43a6-b712-375f925e481f", ms("TaskScheduler"), 129,
     {"TaskName": "\\up", "Path": "C:\\Users\\Public\\up.exe", "ProcessID": "4242", "Priority": "16384"}, {"Path": "C:\\Program Files\\up.exe"}),
    ("windows//sysmon", "8ac03a65-6c84-4116-acad-dc1558ff7a77", SYSMON, 16, {"Configuration": "C:\\t\\s.xml", "ConfigurationFileHash": "SHA256=00"}, 4),
    ("windows//iis-configuration", "9e1a1fdf-ee58-40ce-8e15-b66ca5a80e1f", ("Microsoft-IIS-Configuration/Operational", "Microsoft-Windows-IIS-Configuration"), 29,
     {"Configuration": "/system.webServer/modules/remove[@name='LogModule']", "EditOperationType": "2", "OldValue": "", "NewValue": ""},
     {"Configuration": "/system.webServer/modules/add[@name='LogModule']"}),
    ("windows//ntlm", "ce5678bb-b9aa-4fb5-be4b-e57f686256ad", ms("NTLM"), 8001,
     {"TargetName": "TERMSRV/203.0.113.9", "UserName": "kai", "DomainName": "EXAMPLE"}, {"TargetName": "cifs/203.0.113.9"}),
    ("windows/wmi_event/", "fe21810c-2a8c-478f-8dd3-5a287fb2a0e0", SYSMON, 20,
     {"EventType": "WmiConsumerEvent", "Operation": "Created", "User": "EXAMPLE\\kai", "Name": "\"x\"", "Type": "Command Line", "Destination": "\"powershell -nop -c calc\""},
     {"Destination": "\"powershell -c calc\""}),
    ("windows/file_change/", "9f383dc0-fdeb-4d56-acbc-9f9f4f8f20f3", SYSMON, 2,
     {**PROCESS, "Image": "C:\\Windows\\System32\\dns.exe", "TargetFilename": "C:\\Windows\\a.dll", "CreationUtcTime": "2020-01-01 00:00:00.000"},
     {"TargetFilename": "C:\\Windows\\System32\\dns\\dns.log"}),
    ("windows//security-mitigations", "8289bf8c-4aca-4f5a-9db3-dc3d7afe5c10", ms("Security-Mitigations", "Kernel Mode"), 12,
     {"ProcessPath": "\\Device\\HarddiskVolume3\\Windows\\System32\\fontdrvhost.exe", "ImageName": "\\Users\\Public\\a.dll"}, {"ImageName": "\\Windows\\a.dll"}),
    ("windows//wmi", "d4f1a2b3-7c8e-4d5f-b6a9-1e0c2d3f4e5b", ms("WMI-Activity"), 5858,
     {"Operation": "Start IWbemServices::ExecMethod - root\\cimv2 : Win32_NTEventlogFile.Name=\"C:\\\\x.evtx\"::ClearEventlog", "ClientMachine": "PC7", "User": "EXAMPLE\\kai", "ResultCode": "0x80041003"},
     {"Operation": "Start IWbemServices::ExecMethod - root\\cimv2 : Win32_NTEventlogFile.Name=\"C:\\\\x.evtx\"::BackupEventlog"}),
    ("windows//applocker", "401e5d00-b944-11ea-8f9a-00163ecd60ae", ms("AppLocker", "EXE and DLL"), 8004,
     {"PolicyName": "EXE", "FilePath": "%OSDRIVE%\\T\\X.EXE", "TargetUser": "S-1-5-21-7-8-9-1001"}, 8002),
    ("windows//dns-server", "6d444368-6da1-43fe-b2fc-44202430480e", ("DNS Server", "Microsoft-Windows-DNS-Server-Service"), 6004, {"Data": ["203.0.113.9", "example.tw"]}, 6001),
    ("windows//dns-server-analytic", "3db10f25-2527-4b79-8d4b-471eb900ee29", ("Microsoft-Windows-DNS-Server/Analytical", "Microsoft-Windows-DNSServer"), 257,
     {"TCP": 0, "Destination": "10.3.0.7", "QNAME": "rosaf112.ddns.net", "QTYPE": 1, "RCODE": 0}, {"QNAME": "rosaf113.ddns.net"}),
    ("windows//smbclient-connectivity", "de96b824-02b0-4241-9356-7e9b47f04bac", ("Microsoft-Windows-SmbClient/Connectivity", "Microsoft-Windows-SMBClient"), 30803,
     {"ServerName": "\\\\203.0.113.9", "ServerAddress": "203.0.113.9", "Reason": 8}, {"ServerAddress": "10.3.0.9"}),
    ("windows//printservice-admin", "4e64668a-4da1-49f5-a8df-9e2d5b866718", ("Microsoft-Windows-PrintService/Admin", "Microsoft-Windows-PrintService"), 808,
     {"PluginDllName": "C:\\t\\a.dll", "ErrorCode": "0x45A"}, {"ErrorCode": "0x2"}),
    ("windows//printservice-operational", "f34d942d-c8c4-4f1f-b196-22471aecf10a", ms("PrintService"), 316,
     {"Param1": "x", "Param2": "Windows x64", "Param3": "UNIDRV.DLL, kernelbase.dll, unidrv.dll"}, {"Param3": "UNIDRV.DLL, unidrv.hlp"}),
    ("windows/file_executable_detected/", "ab90dab8-c7da-4010-9193-563528cfa347", SYSMON, 29,
     {**PROCESS, "Image": "C:\\t\\x.exe", "TargetFilename": "C:\\t\\a.sed", "Hashes": "MD5=00"}, {"TargetFilename": "C:\\t\\a.sys"}),
    ("windows/sysmon_error/", "815cd91b-7dbc-4247-841a-d7dd1392b0a8", SYSMON, 255,
     {"ID": "GetConfigurationOptions", "Description": "Failed to connect to the driver to update configuration - Last error: Access is denied."},
     {"Description": "Failed to read configuration"}),
    ("windows/sysmon_status/", "1f2b5353-573f-4880-8e33-7d04dcf97744", SYSMON, 4, {"State": "Stopped", "Version": "15.15", "SchemaVersion": "4.90"}, {"State": "Started"}),
    ("windows/process_tampering/", "c4b890e5-8d8c-4496-8c66-c805753817cd", SYSMON, 25,
     {**PROCESS, "Image": "C:\\t\\x.exe", "Type": "Image is replaced"}, {"Type": "Image is locked for access"}),
    ("windows/raw_access_thread/", "db809f10-56ce-4420-8c86-d6a7d793c79c", SYSMON, 9,
     {**PROCESS, "Image": "C:\\t\\rawread.exe", "Device": "\\Device\\HarddiskVolume3"}, {"Image": "C:\\Windows\\System32\\rawread.exe"}),
    ("windows//", "06d71506-7beb-4f22-8888-e2e5e2ca7fd8", SECURITY, 4688,
     {"SubjectUserName": "kai", "NewProcessName": "C:\\t\\m.exe", "CommandLine": "m.exe sekurlsa::logonpasswords"}, {"CommandLine": "m.exe sekurlsa:logonpasswords"}),
    ("windows//appxpackaging-om", "b5aa7d60-c17e-4538-97de-09029d6cd76b", ms("AppxPackaging"), 157,
     {"subjectName": "CN=Foresee Consulting Inc., O=Foresee Consulting Inc., L=North York, S=Ontario, C=CA, SERIALNUMBER=1004913-1, OID.1.3.6.1.4.1.311.60.2.1.3=CA, OID.2.5.4.15=Private Organization"},
     {"subjectName": "CN=Example Ltd., O=Example Ltd., C=TW"}),
    ("windows//microsoft-servicebus-client", "b55d23e5-6821-44ff-8a6e-67218891e49f", ("Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client"), 40301,
     {"eventDetails": "HybridConnection started for sb://x.servicebus.windows.net/"}, 40303),
    ("windows//terminalservices-localsessionmanager", "64d51a51-32a6-49f0-9f3d-17e34d640272", ms("TerminalServices-LocalSessionManager"), 21,
     {"User": "EXAMPLE\\kai", "SessionID": 3, "Address": "::%16777216"}, {"Address": "10.3.0.7"}),
    ("windows//shell-core", "83c161b6-ca67-4f33-8ad0-644a0737cf07", ms("Shell-Core"), 28115,
     {"Name": "AnyDesk", "AppID": "{7C5A40EF}\\AnyDesk\\AnyDesk.exe", "Flags": "0"}, 28114),
    ("windows//certificateservicesclient-lifecycle-system", "58c0bff0-40a0-46e8-b5e8-b734b84d2017", ms("CertificateServicesClient-Lifecycle-System"), 1007,
     {"SubjectNames": "CN=pc7", "Thumbprint": "00"}, 1006),
    ("windows//driver-framework", "1a4bd6e3-4c6e-405d-a9a3-53a116e341d4", ms("DriverFrameworks-UserMode"), 2003, {"InstanceId": "USB\\VID_0000"}, 2004),
    ("windows//ldap", "31d68132-4038-47c7-8f8e-635a39a7c174", ms("LDAP-Client", "Debug"), 30,
     {"ScopeOfSearch": 2, "SearchFilter": "(sAMAccountType=805306369)", "DistinguishedName": "DC=example,DC=tw", "AttributeList": "cn"}, {"SearchFilter": "(cn=kai)"}),
    ("windows//appmodel-runtime", "d29a20b2-be4b-4827-81f2-3d8a59eab5fc", ms("AppModel-Runtime", "Admin"), 201,
     {"ProcessID": 4242, "PackageName": "Microsoft.SysinternalsSuite", "ImageName": "procdump.exe", "ApplicationName": "procdump"}, {"ImageName": "procexp.exe"}),
    ("windows//smbclient-security", "71886b70-d7b4-4dbf-acce-87d2ca135262", ("Microsoft-Windows-SmbClient/Security", "Microsoft-Windows-SMBClient"), 31017,
     {"UserName": "", "ServerName": "\\192.0.2.9"}, {"UserName": "kai"}),
    ("windows//smbserver-connectivity", "8d91f6e4-9f3b-4c21-ae41-2c5b7d9f7a12", ("Microsoft-Windows-SMBServer/Connectivity", "Microsoft-Windows-SMBServer"), 4000,
     {"ShareName": "\\\\*\\ADMIN$", "SigningUsed": "false", "EncyptionUsed": "false", "ClientAddress": "203.0.113.9"}, {"SigningUsed": "true", "EncyptionUsed": "true"}),
    ("windows//diagnosis-scripted", "50cb47b8-2c33-4b23-a2e9-4600657d9746", ms("Diagnosis-Scripted"), 101,
     {"PackagePath": "\\\\203.0.113.9\\s\\a.diagcab", "PackageId": "x"}, {"PackagePath": "C:\\s\\a.diagcab"}),
    ("windows//lsa-server", "7ac407cc-0f48-4328-aede-de1d2e6fef41", ms("LSA"), 300,
     {"TargetUserSid": "S-1-5-21-7-8-9-1001", "TargetUserName": "kai", "SidList": "{S-1-5-32-544}{S-1-5-11}"}, {"TargetUserSid": "S-1-5-21-7-8-9-500"}),
    ("windows//openssh", "3ce8e9a4-bc61-4c9b-8e69-d7e2492a8781", ("OpenSSH/Operational", "OpenSSH"), 4,
     {"process": "sshd", "payload": "Server listening on 0.0.0.0 port 22."}, {"payload": "Accepted publickey for kai from 10.3.0.9 port 50112 ssh2"}),
    ("windows//capi2", "e2b5163d-7deb-4566-9af3-40afea6858c3", ms("CAPI2"), 70, {"CertId": "00"}, 11),
    ("rpc_firewall/application/", "b6ea3cc7-542f-43ef-bbe4-980fbed444c7", ("RPCFW", "RPCFW"), 3,
     {"FunctionName": "NdrServerCallAll", "Protocol": "ncacn_np", "Endpoint": "\\PIPE\\srvsvc", "ClientNetworkAddress": "203.0.113.9",
      "InterfaceUuid": "4b324fc8-1670-01d3-1278-5a47bf6ee188", "OpNum": 15}, {"InterfaceUuid": "4b324fc8-1670-01d3-1278-5a47bf6ee189"}),
    ("/antivirus/", "238527ad-3c2c-4e4f-a1f6-92fd63adb864", ms("Windows Defender"), 1116,
     {"Product Name": "Microsoft Defender Antivirus", "Threat ID": "2147735505", "Threat Name": "Trojan:Win64/Meterpreter.B", "Severity ID": "5", "Path": "file:_C:\\t\\x.exe"},
     {"Threat Name": "EICAR_Test_File"}),
]


def other(event, change):
    """The near miss of a Windows row."""
    channel, provider, number, data = event
    return (channel, provider, change, data) if isinstance(change, int) else (channel, provider, number, {**data, **change})


def windows():
    """(source, rule, hit, miss) in every form."""
    for source, rule, (channel, provider), number, data, change in WINDOWS:
        event = channel, provider, number, data
        for form in FORMS:
            yield f"{source} {form.__name__}", rule, form(*event), form(*other(event, change))


# ---- lines of text ----

def audit(args, exe="/usr/bin/x", syscall=59, cwd="/root", serial=811, success="yes", more=(), key="(null)", session=3):
    """One audit event as auditd writes it: a record a line."""
    stamp = f"msg=audit(1795507262.345:{serial})"
    key = key if key == "(null)" else f'"{key}"'
    out = [f'type=SYSCALL {stamp}: arch=c000003e syscall={syscall} success={success} exit=0 a0=55d0 a1=55d8 a2=0 a3=8 items=2 ppid=900 pid=901 '
           f'auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts1 ses={session} comm="{exe.rpartition("/")[2][:15]}" exe="{exe}" subj=unconfined key={key}']
    if args:
        out.append(f"type=EXECVE {stamp}: argc={len(args)} " + " ".join(
            f'a{i}="{a}"' if " " not in a else f"a{i}={a.encode().hex().upper()}" for i, a in enumerate(args)))
    out += [f"type={t} {stamp}: {text}" for t, text in more if t == "SOCKADDR"]
    out.append(f'type=CWD {stamp}: cwd="{cwd}"')
    out += [f"type={t} {stamp}: {text}" for t, text in more if t != "SOCKADDR"]
    out.append(f"type=PROCTITLE {stamp}: proctitle={chr(0).join(args or [exe]).encode().hex().upper()}")
    return "\n".join(out)


def path(name, nametype):
    return "PATH", f'item=1 name="{name}" inode=4711 dev=fd:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype={nametype} cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0'


def sockaddr(a, b, c, d, port):
    return "SOCKADDR", f"saddr=0200{port:04X}{a:02X}{b:02X}{c:02X}{d:02X}0000000000000000"


def syslog(program, text, host="srv3", pri="<86>"):
    return f"{pri}Nov 20 08:01:02 {host} {program}: {text}"


def sysmon_linux(number, data):
    """Sysmon for Linux, to syslog."""
    return syslog("sysmon[712]", xml("Linux-Sysmon/Operational", "Linux-Sysmon", number, data), pri="<14>")


def access(request, status=200, agent="Mozilla/5.0 (X11; Linux x86_64)", tail=""):
    return f'203.0.113.9 - - [20/Nov/2026:08:01:02 +0800] "{request}" {status} 512 "-" "{agent}"{tail}'


def forti(**fields):
    head = ('<189>date=2026-11-20 time=08:01:02 devname="fw1" devid="FGT60E4Q00000001" eventtime=1795507262345678901 tz="+0800" ')
    return head + " ".join(f'{k}="{v}"' if isinstance(v, str) else f"{k}={v}" for k, v in fields.items())


TEXT = [
    # Web servers
    ("/webserver/ nginx", "953d460b-f810-420a-97a2-cfca4c98e602", access("GET /.git/HEAD HTTP/1.1"), access("GET /.gitter/ HTTP/1.1")),
    ("/webserver/ apache", "953d460b-f810-420a-97a2-cfca4c98e602", syslog("apache2[911]", access("GET /x/.git/config HTTP/1.1")), syslog("apache2[911]", access("GET /x/git/config HTTP/1.1"))),
    ("/webserver/ common", "953d460b-f810-420a-97a2-cfca4c98e602", '203.0.113.9 - kai [20/Nov/2026:08:01:02 +0800] "GET /.git/HEAD HTTP/1.0" 404 0',
     '203.0.113.9 - kai [20/Nov/2026:08:01:02 +0800] "GET /.git HTTP/1.0" 404 0'),
    ("/webserver/ iis", "a7c4e2f9-1b38-4d5c-9e72-3f4a5b6c7d8e",
     "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
     "2026-11-20 00:01:02 10.3.0.80 POST /index.php - 443 - 203.0.113.9 wp2shell - 200 0 0 15",
     "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
     "2026-11-20 00:01:02 10.3.0.80 POST /index.php - 443 - 203.0.113.9 wpshell - 200 0 0 15"),
    ("//apache", "1da8ce0b-855d-4004-8860-7d64d42063b1",
     "[Fri Nov 20 08:01:02.345678 2026] [core:notice] [pid 900:tid 140001] AH00052: child pid 1234 exit signal Segmentation fault (11)",
     "[Fri Nov 20 08:01:02.345678 2026] [core:notice] [pid 900:tid 140001] AH00051: child pid 1234 exit signal Terminated (15)"),
    ("//nginx", "59ec40bb-322e-40ab-808d-84fa690d7e56", "2026/11/20 08:01:02 [alert] 811#811: worker process 812 exited on signal 6 (core dumped)",
     "2026/11/20 08:01:02 [alert] 811#811: worker process 812 exited on signal 9"),
    # Proxies
    ("/proxy/ squid", "53c15703-b04c-42bb-9055-1937ddfb3392", "1795507262.345    120 10.3.0.7 TCP_MISS/200 1502 GET http://files.example.org/a/Run.class kai HIER_DIRECT/203.0.113.9 application/java-vm",
     "1795507262.345    120 10.3.0.7 TCP_MISS/200 1502 GET http://files.example.org/a/Run.classes kai HIER_DIRECT/203.0.113.9 text/html"),
    ("/proxy/ w3c", "894a8613-cf12-48b3-8e57-9085f54aa0c3",
     "#Software: SGOS 7.3.1.1\n#Fields: date time time-taken c-ip cs-username s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent) r-ip\n"
     "2026-11-20 00:01:02 43 10.3.0.7 kai TCP_NC_MISS 200 GET http files.example.org 80 /a - \"TW96aWxsYQ==\" 203.0.113.9",
     "#Software: SGOS 7.3.1.1\n#Fields: date time time-taken c-ip cs-username s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent) r-ip\n"
     "2026-11-20 00:01:02 43 10.3.0.7 kai TCP_NC_MISS 200 GET http files.example.org 80 /a - \"TW96aWxsYQ\" 203.0.113.9"),
    ("/proxy/ fortigate", "53c15703-b04c-42bb-9055-1937ddfb3392",
     forti(logid="0317013312", type="utm", subtype="webfilter", level="notice", vd="root", srcip="10.3.0.7", srcport=50112, dstip="203.0.113.9", dstport=80, hostname="files.example.org", url="http://files.example.org/a/Run.class", action="passthrough"),
     forti(logid="0317013312", type="utm", subtype="webfilter", level="notice", vd="root", srcip="10.3.0.7", srcport=50112, dstip="203.0.113.9", dstport=80, hostname="files.example.org", url="http://files.example.org/a/Run.html", action="passthrough")),
    # DNS
    ("/dns/ unbound", "c64c5175-5189-431b-a55e-6d9882158251", "[1795507262] unbound[711:0] info: 10.3.0.7 api.telegram.org. A IN", "[1795507262] unbound[711:0] info: 10.3.0.7 api.telegram.org.example. A IN"),
    ("/dns/ bind", "c64c5175-5189-431b-a55e-6d9882158251",
     "20-Nov-2026 08:01:02.345 queries: info: client @0x7f1c2c0a1b68 10.3.0.7#50112 (api.telegram.org): query: api.telegram.org IN A +E(0)K (10.3.0.53)",
     "20-Nov-2026 08:01:02.345 queries: info: client @0x7f1c2c0a1b68 10.3.0.7#50112 (telegram.org): query: telegram.org IN A +E(0)K (10.3.0.53)"),
    ("/dns/ dnsmasq", "c64c5175-5189-431b-a55e-6d9882158251", syslog("dnsmasq[711]", "query[A] api.telegram.org from 10.3.0.7"), syslog("dnsmasq[711]", "query[A] www.telegram.org from 10.3.0.7")),
    ("/dns/ windows", "c64c5175-5189-431b-a55e-6d9882158251",
     "11/20/2026 8:01:02 AM 0A1C PACKET  00000265E0C1A2B0 UDP Rcv 10.3.0.7        1a2b   Q [0001   D   NOERROR] A      (3)api(8)telegram(3)org(0)",
     "11/20/2026 8:01:02 AM 0A1C PACKET  00000265E0C1A2B0 UDP Rcv 10.3.0.7        1a2b   Q [0001   D   NOERROR] A      (3)web(8)telegram(3)org(0)"),
    # Firewalls
    ("/firewall/ netfilter", "881834a4-6659-4773-821e-1c151789d873",
     syslog("kernel", "[ 811.234567] FW-ACCEPT: IN=eth1 OUT=eth0 MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=10.3.0.7 DST=69.42.98.86 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=4711 DF PROTO=TCP SPT=50112 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0", pri="<4>"),
     syslog("kernel", "[ 811.234567] FW-ACCEPT: IN=eth1 OUT=eth0 MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=10.3.0.7 DST=69.42.98.87 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=4711 DF PROTO=TCP SPT=50112 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0", pri="<4>")),
    ("/firewall/ asa", "881834a4-6659-4773-821e-1c151789d873",
     "<166>Nov 20 2026 08:01:02: %ASA-6-302013: Built outbound TCP connection 4711 for outside:69.42.98.86/443 (69.42.98.86/443) to inside:10.3.0.7/50112 (192.0.2.1/50112)",
     "<166>Nov 20 2026 08:01:02: %ASA-6-302013: Built outbound TCP connection 4711 for outside:69.42.98.8/443 (69.42.98.8/443) to inside:10.3.0.7/50112 (192.0.2.1/50112)"),
    ("/firewall/ fortigate", "881834a4-6659-4773-821e-1c151789d873",
     forti(logid="0000000013", type="traffic", subtype="forward", level="notice", vd="root", srcip="10.3.0.7", srcport=50112, dstip="69.42.98.86", dstport=443, proto=6, action="close", policyid=3),
     forti(logid="0000000013", type="traffic", subtype="forward", level="notice", vd="root", srcip="10.3.0.7", srcport=50112, dstip="69.42.98.85", dstport=443, proto=6, action="close", policyid=3)),
    ("/firewall/ paloalto", "881834a4-6659-4773-821e-1c151789d873",
     "<14>Nov 20 08:01:02 pa1 1,2026/11/20 08:01:02,013201000001,TRAFFIC,end,2561,2026/11/20 08:01:01,10.3.0.7,69.42.98.86,192.0.2.1,69.42.98.86,out,example\\kai,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,fwd,2026/11/20 08:01:01,4711,1,50112,443,61000,443,0x400053,tcp,allow,5120,1024,4096,20,2026/11/20 08:00:50,10,any,0",
     "<14>Nov 20 08:01:02 pa1 1,2026/11/20 08:01:02,013201000001,TRAFFIC,end,2561,2026/11/20 08:01:01,10.3.0.7,69.42.98.80,192.0.2.1,69.42.98.80,out,example\\kai,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,fwd,2026/11/20 08:01:01,4711,1,50112,443,61000,443,0x400053,tcp,allow,5120,1024,4096,20,2026/11/20 08:00:50,10,any,0"),
    ("/firewall/ cef", "881834a4-6659-4773-821e-1c151789d873",
     syslog("gw1", "CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept src=10.3.0.7 spt=50112 dst=69.42.98.86 dpt=443 proto=6 rt=1795507262000"),
     syslog("gw1", "CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept src=10.3.0.7 spt=50112 dst=69.42.98.6 dpt=443 proto=6 rt=1795507262000")),
    ("/firewall/ leef", "881834a4-6659-4773-821e-1c151789d873",
     syslog("fw2", "LEEF:2.0|Acme|Wall|1.0|allow|^|src=10.3.0.7^srcPort=50112^dst=69.42.98.86^dstPort=443^proto=TCP^devTime=Nov 20 2026 08:01:02"),
     syslog("fw2", "LEEF:2.0|Acme|Wall|1.0|allow|^|src=10.3.0.7^srcPort=50112^dst=69.42.98.81^dstPort=443^proto=TCP^devTime=Nov 20 2026 08:01:02")),
    # Antivirus
    ("/antivirus/ cef kaspersky", "4c6ca276-d4d0-4a8c-9e4c-d69832f8671f",
     syslog("ksc", "CEF:0|KasperskyLab|SecurityCenter|14.2.0.26967|GNRL_EV_VIRUS_FOUND|Malicious object detected|4|rt=1795507262000 dhost=PC7 dst=10.3.0.7 cs1Label=VirusName cs1=HEUR:Trojan-Ransom.Win32.Generic filePath=C:\\t\\x.exe act=deleted"),
     syslog("ksc", "CEF:0|KasperskyLab|SecurityCenter|14.2.0.26967|GNRL_EV_VIRUS_FOUND|Malicious object detected|4|rt=1795507262000 dhost=PC7 dst=10.3.0.7 cs1Label=VirusName cs1=EICAR-Test-File filePath=C:\\t\\x.exe act=deleted")),
    ("/antivirus/ cef trendmicro", "4c6ca276-d4d0-4a8c-9e4c-d69832f8671f",
     syslog("apex", "CEF:0|Trend Micro|Apex Central|2019|AV:Clean|Ransom_Lockbit.SM|3|deviceExternalId=2 rt=Nov 20 2026 08:01:02 GMT+08:00 cn1Label=VLF_PatternNumber cn1=1745500 dvchost=PC7 fname=x.exe filePath=C:\\t\\ act=Clean"),
     syslog("apex", "CEF:0|Trend Micro|Apex Central|2019|AV:Clean|Eicar_test_file|3|deviceExternalId=2 rt=Nov 20 2026 08:01:02 GMT+08:00 cn1Label=VLF_PatternNumber cn1=1745500 dvchost=PC7 fname=x.exe filePath=C:\\t\\ act=Clean")),
    ("/antivirus/ fortigate", "4c6ca276-d4d0-4a8c-9e4c-d69832f8671f",
     forti(logid="0211008192", type="utm", subtype="virus", eventtype="infected", level="warning", vd="root", msg="File is infected.", action="blocked", srcip="10.3.0.7", dstip="203.0.113.9", filename="x.exe", virus="W32/Filecoder.NHT!tr", dtype="Virus"),
     forti(logid="0211008192", type="utm", subtype="virus", eventtype="infected", level="warning", vd="root", msg="File is infected.", action="blocked", srcip="10.3.0.7", dstip="203.0.113.9", filename="x.exe", virus="EICAR_TEST_FILE", dtype="Virus")),
    # Databases and applications, which write to syslog or the journal under their own names
    ("/database/", "d84c0ded-edd7-4123-80ed-348bb3ccc4d5", syslog("postgres[811]", "[5-1] 2026-11-20 08:01:02.345 CST [811] app@shop LOG:  statement: DROP TABLE members", pri="<134>"),
     syslog("postgres[811]", "[5-1] 2026-11-20 08:01:02.345 CST [811] app@shop LOG:  statement: SELECT 1", pri="<134>")),
    ("sql/application/", "8a670c6d-7189-4b1c-8017-a417ca84a086",
     syslog("mysqld[811]", "2026-11-20T00:01:02.345678Z 12 [Note] You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version", pri="<28>"),
     syslog("mysqld[811]", "2026-11-20T00:01:02.345678Z 12 [Note] Aborted connection 12 to db: 'shop'", pri="<28>")),
    ("django/application/", "fd435618-981e-4a7c-81f8-f78ce480d616",
     syslog("gunicorn[811]", "django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header: 'x.example.org'. You may need to add 'x.example.org' to ALLOWED_HOSTS.", pri="<11>"),
     syslog("gunicorn[811]", "django.core.exceptions.ImproperlyConfigured: SECRET_KEY must not be empty", pri="<11>")),
    ("python/application/", "19aefed0-ffd4-47dc-a7fc-f8b1425e84f9", syslog("uwsgi[811]", "psycopg2.errors.SyntaxError: ProgrammingError at or near \"'\" LINE 1", pri="<11>"),
     syslog("uwsgi[811]", "psycopg2 connection reset", pri="<11>")),
    ("ruby_on_rails/application/", "0d2c3d4c-4b48-4ac3-8f23-ea845746bb1a", syslog("puma[811]", "ActionController::InvalidAuthenticityToken (Can't verify CSRF token authenticity.):", pri="<11>"),
     syslog("puma[811]", "ActionController::RoutingError (No route matches [GET] \"/x\"):", pri="<11>")),
    ("nodejs/application/", "97661d9d-2beb-4630-b423-68985291a8af", syslog("node[811]", "Error: spawn /bin/sh ENOENT at ChildProcess._handle.onexit (node:child_process:286:19)", pri="<11>"),
     syslog("node[811]", "Error: connect ECONNREFUSED at TCPConnectWrap.afterConnect (node:net:1555:16)", pri="<11>")),
    ("jvm/application/", "bb0e9cec-d4da-46f5-997f-22efc59f3dca", syslog("tomcat9[811]", "javax.naming.CommunicationException: x [Root exception is ...] at com.sun.jndi.ldap.Connection.<init>(Connection.java:252)", pri="<11>"),
     syslog("tomcat9[811]", "java.lang.NullPointerException at org.example.App.run(App.java:7)", pri="<11>")),
    ("spring/application/", "ae48ab93-45f7-4051-9dfe-5d30a3f78e33", syslog("java[811]", "o.s.s.w.f.HttpStatusRequestRejectedHandler: org.springframework.security.web.firewall.RequestRejectedException: the URL contained a potentially malicious String \";\"", pri="<11>"),
     syslog("java[811]", "o.s.b.w.e.tomcat.TomcatWebServer: Tomcat started on port(s): 8080 (http)", pri="<11>")),
    ("velocity/application/", "16c86189-b556-4ee8-b4c7-7e350a195a4f", syslog("java[811]", "org.apache.velocity.exception.ParseErrorException: Encountered \"#set\" at x.vm[line 1, column 2]", pri="<11>"),
     syslog("java[811]", "org.apache.velocity.runtime: x.vm loaded", pri="<11>")),
    # Linux
    ("linux//", "7e3c4651-c347-40c4-b1d4-d48590fdf684", syslog("bash[811]", "HISTORY: PID=811 UID=0 echo /tmp/a.so > /etc/ld.so.preload"), syslog("bash[811]", "HISTORY: PID=811 UID=0 cat /etc/ld.so.conf")),
    ("linux//auth", "0506a799-698b-43b4-85a1-ac4c84c720e9",
     syslog("pkexec[811]", "kai: The value for environment variable XAUTHORITY contains suspicious content [USER=root] [TTY=/dev/pts/0] [CWD=/home/kai] [COMMAND=/usr/bin/id]"),
     syslog("pkexec[811]", "kai: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/home/kai] [COMMAND=/usr/bin/id]")),
    ("linux//sshd", "8b244735-5833-4517-a45b-28d8c63924c0", syslog("sshd[811]", "error: Failed to generate curve25519 keys [preauth]"), syslog("sshd[811]", "Failed password for kai from 203.0.113.9 port 50112 ssh2")),
    ("linux//sudo", "7fcc54cb-f27d-4684-84b7-436af096f858", syslog("sudo", "    kai : TTY=pts/0 ; PWD=/home/kai ; USER=#-1 ; COMMAND=/usr/bin/id"), syslog("sudo", "    kai : TTY=pts/0 ; PWD=/home/kai ; USER=root ; COMMAND=/usr/bin/id")),
    ("linux//cron", "af202fd3-7bff-4212-a25a-fb34606cfcbe", syslog("crontab[811]", "(root) REPLACE (root)"), syslog("crontab[811]", "(root) LIST (root)")),
    ("linux//syslog", "49f5dfc1-f92e-4d34-96fa-feba3f6acf36", syslog("systemd[1]", "Stopping firewalld - dynamic firewall daemon..."), syslog("systemd[1]", "Starting firewalld - dynamic firewall daemon...")),
    ("linux//clamav", "36aa86ca-fd9d-4456-814e-d3b1b8e1e0bb", syslog("clamd[811]", "/srv/upload/a.php: Php.Trojan.StopPost-1 FOUND"), syslog("clamd[811]", "/srv/upload/a.php: OK")),
    ("linux//clamav file", "36aa86ca-fd9d-4456-814e-d3b1b8e1e0bb", "Fri Nov 20 08:01:02 2026 -> /srv/upload/a.php: Php.Trojan.StopPost-1(00ff:12) FOUND", "Fri Nov 20 08:01:02 2026 -> /srv/upload/a.php: Eicar-Signature(00ff:12) FOUND"),
    ("linux//guacamole", "1edd77db-0669-4fef-9598-165bda82826d", syslog("guacd[811]", "User \"@5a9e0c11\" joined connection \"$0c3f6b8a\" (2 users now present)"), syslog("guacd[811]", "User \"@5a9e0c11\" joined connection \"$0c3f6b8a\" (1 users now present)")),
    ("linux//vsftpd", "377f33a1-4b36-4ee1-acee-1dbe4b43cfbe", syslog("vsftpd[811]", "[kai] FAIL: Connection refused: too many sessions for this address."), syslog("vsftpd[811]", "[kai] OK LOGIN: Client \"203.0.113.9\"")),
    ("linux//vsftpd file", "377f33a1-4b36-4ee1-acee-1dbe4b43cfbe", "Fri Nov 20 08:01:02 2026 [pid 811] [kai] FTP response: Client \"203.0.113.9\", \"500 Bad HTTP verb.\"", "Fri Nov 20 08:01:02 2026 [pid 811] [kai] FTP response: Client \"203.0.113.9\", \"230 Login successful.\""),
    # auditd
    ("linux//auditd key", "f7158a64-6204-4d6d-868a-6e6378b467e0", audit(["curl", "-s", "http://203.0.113.9/a"], "/usr/bin/curl", key="susp_activity"), audit(["curl", "-s", "http://203.0.113.9/a"], "/usr/bin/curl", key="activity")),
    ("linux//auditd syscall", "710bdbce-495d-491d-9a8f-7d0d88d2b41e", audit([], "/usr/bin/mknod", 133), audit([], "/usr/bin/mknod", 257)),
    ("linux/process_creation/ auditd", "067d8238-7127-451c-a9ec-fa78045b618b", audit(["doas", "id"], "/usr/bin/doas", serial=821), audit(["doasx", "id"], "/usr/bin/doasx", serial=822)),
    ("linux/process_creation/ auditd directory", "21541900-27a9-4454-9c4c-3f0a4240344a",
     audit(["/bin/sh", "-c", "id"], "/bin/sh", cwd="/var/opt/microsoft/scx/tmp", serial=823, session=4294967295), audit(["/bin/sh", "-c", "id"], "/bin/sh", cwd="/var/opt/microsoft", serial=824, session=4294967295)),
    ("linux/process_creation/ sysmon", "067d8238-7127-451c-a9ec-fa78045b618b",
     sysmon_linux(1, {**PROCESS, "Image": "/usr/bin/doas", "CommandLine": "doas id", "CurrentDirectory": "/root", "User": "kai"}),
     sysmon_linux(1, {**PROCESS, "Image": "/usr/bin/doasx", "CommandLine": "doasx id", "CurrentDirectory": "/root", "User": "kai"})),
    ("linux/file_event/ auditd", "00eee2a5-fdb0-4746-a21d-e43fbdea5681", audit([], "/usr/bin/vi", 257, cwd="/etc", serial=831, more=[path("/etc", "PARENT"), path("doas.conf", "CREATE")]),
     audit([], "/usr/bin/vi", 257, cwd="/etc/x", serial=832, more=[path("/etc/x", "PARENT"), path("doas.conf", "CREATE")])),
    ("linux/file_event/ sysmon", "c0239255-822c-4630-b7f1-35362bcb8f44", sysmon_linux(11, {**PROCESS, "Image": "/usr/bin/x", "TargetFilename": "/tmp/rootlog"}), sysmon_linux(11, {**PROCESS, "Image": "/usr/bin/x", "TargetFilename": "/tmp/rootlogs"})),
    ("linux/network_connection/ auditd", "83dcd9f6-9ca8-4af7-a16e-a1c7a6b51871", audit([], "/usr/bin/bash", 42, serial=841, more=[sockaddr(203, 0, 113, 9, 4444)]), audit([], "/usr/bin/bash", 42, serial=842, more=[sockaddr(127, 0, 0, 1, 4444)])),
    ("linux/network_connection/ sysmon", "19bf6fdb-7721-4f3d-867f-53467f6a5db6",
     sysmon_linux(3, {**PROCESS, "Image": "/usr/bin/x", "Protocol": "tcp", "Initiated": "true", "DestinationIp": "203.0.113.9", "DestinationHostname": "4.tunnel.us.ngrok.com", "DestinationPort": 443}),
     sysmon_linux(3, {**PROCESS, "Image": "/usr/bin/x", "Protocol": "tcp", "Initiated": "true", "DestinationIp": "203.0.113.9", "DestinationHostname": "4.us.ngrok.example", "DestinationPort": 443})),
    # Network devices
    ("cisco//aaa", "9e8f6035-88bf-4a63-96b6-b17c0508257e",
     "<189>4711: r1: *Nov 20 2026 08:01:02.345: %PARSER-5-CFGLOG_LOGGEDCMD: User:kai  logged command:no logging host 10.3.0.5",
     "<189>4711: r1: *Nov 20 2026 08:01:02.345: %PARSER-5-CFGLOG_LOGGEDCMD: User:kai  logged command:logging host 10.3.0.5"),
    ("cisco//bgp", "56fa3cd6-f8d6-4520-a8c7-607292971886", "<187>4711: RP/0/0/CPU0:Nov 20 08:01:02.345 : tcp[399]: %IP-TCP-3-BADAUTH : Invalid MD5 digest from 192.0.2.2:179 to 192.0.2.1:50112",
     "<187>4711: RP/0/0/CPU0:Nov 20 08:01:02.345 : tcp[399]: %IP-TCP-4-RST : Reset from 192.0.2.2:179"),
    ("cisco//ldp", "50e606bf-04ce-4ca7-9d54-3449494bbd4b", "<187>4711: r1: *Nov 20 2026 08:01:02.345: %MPLS_LDP-3-SOCKET_TCP_PACKET_MD5_AUTHEN_FAIL: LDP MD5 digest missing for peer 192.0.2.2",
     "<189>4711: r1: *Nov 20 2026 08:01:02.345: %LDP-5-NBRCHG: LDP Neighbor 192.0.2.2:0 (1) is UP"),
    ("cisco//syslog", "2ece8816-b7a0-4d9b-b0e8-ae7ad18bc02b",
     "<189>4711: r1: *Nov 20 2026 08:01:02.345: %SYS-5-CONFIG_P: Configured programmatically by process SEP_webui_wsma_http from console as cisco_support on vty0",
     "<189>4711: r1: *Nov 20 2026 08:01:02.345: %SYS-5-CONFIG_P: Configured programmatically by process SEP_webui_wsma_http from console as kai on vty0"),
    ("juniper//bgp", "a7c0ae48-8df8-42bf-91bd-2ea57e2f9d43", syslog("rpd[811]", "tcp_auth_ok: Packet from 192.0.2.2:179 missing MD5 digest", "mx1", "<27>"), syslog("rpd[811]", "bgp_recv: read from peer 192.0.2.2:179 failed", "mx1", "<27>")),
    ("huawei//bgp", "a557ffe6-ac54-43d2-ae69-158027082350", "<187>Nov 20 2026 08:01:02 ne1 %%01BGP/3/BGP_AUTH_FAILED(l)[4711]:BGP session authentication failed. (PeerAddress=192.0.2.2:179, LocalInterface=GE0/0/1)",
     "<187>Nov 20 2026 08:01:02 ne1 %%01BGP/3/STATE_CHG_UPDOWN(l)[4711]:The status of the peer changed. (PeerAddress=192.0.2.2:179)"),
    ("fortigate//event", "69ffc84e-8b1a-4024-8351-e018f66b8275",
     forti(logid="0100044547", type="event", subtype="system", level="information", vd="root", logdesc="Object attribute configured", user="kai", ui="GUI(10.3.0.5)", action="Edit", cfgtid=1234, cfgpath="user.group", cfgobj="vpn", cfgattr="member[a b]", msg="Edit user.group vpn"),
     forti(logid="0100044547", type="event", subtype="system", level="information", vd="root", logdesc="Object attribute configured", user="kai", ui="GUI(10.3.0.5)", action="Edit", cfgtid=1234, cfgpath="system.dns", cfgobj="x", cfgattr="primary[x]", msg="Edit system.dns")),
    ("fortios//sslvpnd", "293ccb8c-bed8-4868-8296-bef30e303b7e",
     forti(logid="0100032546", type="event", subtype="vpn", level="critical", vd="root", logdesc="Application crashed", action="crash", msg="Pid: 811, application: sslvpnd, wrote /data/lib/libips.bak, Signal 11 received"),
     forti(logid="0100032546", type="event", subtype="vpn", level="critical", vd="root", logdesc="Application crashed", action="crash", msg="Pid: 811, application: sslvpnd, Signal 11 received")),
    ("paloalto/appliance/globalprotect", "f130a5f1-73ba-42f0-bf1e-b66a8361cb8f",
     "<14>Nov 20 08:01:02 pa1 1,2026/11/20 08:01:02,013201000001,SYSTEM,globalprotect,0,2026/11/20 08:01:02,,globalprotectportal-auth-fail,GP,0,0,general,informational,\"failed to unmarshal session(../../../../opt/panlogs/tmp/a)\",4711,0x0",
     "<14>Nov 20 08:01:02 pa1 1,2026/11/20 08:01:02,013201000001,SYSTEM,globalprotect,0,2026/11/20 08:01:02,,globalprotectportal-auth-fail,GP,0,0,general,informational,\"failed to unmarshal session(5a9e0c11)\",4711,0x0"),
]

# ---- JSON ----


def aws(**fields):
    return {"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::000000000000:user/kai", "userName": "kai"},
            "eventTime": "2026-11-20T00:01:02Z", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeRouteTables", "awsRegion": "ap-northeast-1",
            "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli/2.22", "eventID": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "eventType": "AwsApiCall", "recipientAccountId": "000000000000", **fields}


def azure(category, **fields):
    return {"time": "2026-11-20T00:01:02.3456789Z", "resourceId": "/tenants/5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21/providers/Microsoft.aadiam", "operationName": "x",
            "operationVersion": "1.0", "category": category, "tenantId": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "correlationId": "0c3f6b8a-7d21-4a0c-9a52-5a9e0c116b1f", "level": 4, **fields}


def gcp(service, **payload):
    return {"insertId": "5a9e0c11", "logName": "projects/x/logs/cloudaudit.googleapis.com%2Factivity", "severity": "NOTICE", "timestamp": "2026-11-20T00:01:02.345678Z",
            "receiveTimestamp": "2026-11-20T00:01:03Z", "resource": {"type": "project", "labels": {"project_id": "x"}},
            "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": service, "authenticationInfo": {"principalEmail": "kai@example.tw"},
                             "requestMetadata": {"callerIp": "203.0.113.9"}, **payload}}


def workspace(application, event):
    """Admin SDK Reports API."""
    return {"kind": "admin#reports#activity", "id": {"time": "2026-11-20T00:01:02.345Z", "uniqueQualifier": "4711", "applicationName": application, "customerId": "C000"},
            "actor": {"email": "kai@example.tw", "profileId": "1"}, "ipAddress": "203.0.113.9", "events": [{"type": "x", "name": event, "parameters": []}]}


def m365(workload, operation, **fields):
    return {"CreationTime": "2026-11-20T00:01:02", "Id": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "Operation": operation, "OrganizationId": "0c3f6b8a-7d21-4a0c-9a52-5a9e0c116b1f",
            "RecordType": 1, "UserType": 0, "Version": 1, "Workload": workload, "UserId": "kai@example.tw", "ClientIP": "203.0.113.9", **fields}


def okta(event, **fields):
    return {"uuid": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "published": "2026-11-20T00:01:02.345Z", "eventType": event, "version": "0", "severity": "INFO", "displayMessage": "x",
            "actor": {"id": "00u1", "type": "User", "alternateId": "kai@example.tw"}, "client": {"ipAddress": "203.0.113.9"}, "outcome": {"result": "SUCCESS"}, **fields}


def kubernetes(verb, resource, **fields):
    return {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "stage": "ResponseComplete",
            "requestURI": f"/api/v1/namespaces/default/{resource}", "verb": verb, "user": {"username": "kai", "groups": ["system:authenticated"]}, "sourceIPs": ["203.0.113.9"],
            "objectRef": {"resource": resource, "namespace": "default", "apiVersion": "v1"}, "responseStatus": {"code": 200},
            "requestReceivedTimestamp": "2026-11-20T00:01:02.345678Z", "stageTimestamp": "2026-11-20T00:01:02.346678Z", **fields}


def zeek(log, **fields):
    return {"_path": log, "ts": "2026-11-20T00:01:02.345678Z", "uid": "CkUeb12T6mYRpFJKa1", "id.orig_h": "203.0.113.9", "id.orig_p": 50112, "id.resp_h": "10.3.0.7", "id.resp_p": 445, **fields}


def eve(kind, **fields):
    return {"timestamp": "2026-11-20T08:01:02.345678+0800", "flow_id": 4711, "in_iface": "eth0", "event_type": kind, "src_ip": "10.3.0.7", "src_port": 50112,
            "dest_ip": "203.0.113.9", "dest_port": 80, "proto": "TCP", **fields}


def modsecurity(uri):
    return {"transaction": {"client_ip": "192.0.2.10", "time_stamp": "Fri Nov 20 08:01:02 2026", "client_port": 54321, "host_ip": "198.51.100.5", "host_port": 443,
                            "unique_id": "179513526212.345678", "request": {"method": "GET", "http_version": 1.1, "uri": uri, "headers": {"Host": "www.example.org", "User-Agent": "x"}},
                            "response": {"http_code": 403, "headers": {"Content-Type": "text/html"}}, "producer": {"modsecurity": "ModSecurity v3.0.9 (Linux)", "secrules_engine": "Enabled"},
                            "messages": [{"message": "Restricted File Access Attempt", "details": {"ruleId": "930130", "severity": "2", "tags": ["attack-lfi"]}}]}}


def modsecurity_apache(uri):
    return {"transaction": {"time": "20/Nov/2026:08:01:02.123456 +0800", "transaction_id": "aB3", "remote_address": "192.0.2.10", "remote_port": 54321, "local_address": "198.51.100.5", "local_port": 80},
            "request": {"request_line": f"GET {uri} HTTP/1.1", "headers": {"Host": "www.example.org", "User-Agent": "x"}}, "response": {"protocol": "HTTP/1.1", "status": 403, "headers": {}},
            "audit_data": {"messages": ['Access denied with code 403 (phase 2). [id "930130"] [msg "Restricted File Access Attempt"]'], "producer": "ModSecurity for Apache/2.9.7", "engine_mode": "ENABLED"}}


def aws_waf(uri):
    return {"timestamp": 1795132862000, "formatVersion": 1, "webaclId": "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/web/1", "terminatingRuleId": "sqli", "terminatingRuleType": "REGULAR",
            "action": "BLOCK", "httpSourceName": "ALB", "httpSourceId": "app/web/1", "httpRequest": {"clientIp": "192.0.2.10", "country": "TW", "headers": [{"name": "Host", "value": "www.example.org"}],
                                                                                                  "uri": uri, "args": "", "httpVersion": "HTTP/1.1", "httpMethod": "GET", "requestId": "r1"}}


def bitbucket(category, action):
    return {"id": "1", "timestamp": "2026-11-20T00:01:02.345Z", "author": {"name": "kai", "type": "user"}, "auditType": {"area": "USER_MANAGEMENT", "category": category, "action": action},
            "affectedObjects": [], "source": "203.0.113.9", "method": "Browser"}


def github(action):
    return {"@timestamp": 1795507262345, "_document_id": "5a9e0c11", "action": action, "actor": "kai", "actor_ip": "203.0.113.9", "org": "example", "repo": "example/x", "created_at": 1795507262345}


def opencanary(logtype):
    return {"dst_host": "10.3.0.9", "dst_port": 445, "local_time": "2026-11-20 08:01:02.345678", "local_time_adjusted": "2026-11-20 08:01:02.345700", "logdata": {"USERNAME": "kai", "SHARENAME": "docs"},
            "logtype": logtype, "node_id": "canary-1", "src_host": "203.0.113.9", "src_port": 50112, "utc_time": "2026-11-20 00:01:02.345678"}


def auditbeat(exe):
    return {"@timestamp": WHEN, "host": {"name": "srv3", "os": {"type": "linux"}}, "event": {"module": "auditd", "category": ["process"], "action": "executed", "outcome": "success"},
            "auditd": {"message_type": "syscall", "data": {"syscall": "execve", "tty": "pts1"}, "summary": {"how": exe}}, "process": {"executable": exe, "args": [exe, "id"], "pid": 901, "working_directory": "/root"}}


def laurel(exe, syscall=59, cwd="/root", more=None):
    return {"ID": "1795507262.345:811", "NODE": "srv3", "SYSCALL": {"arch": "0xc000003e", "syscall": syscall, "success": "yes", "exit": 0, "ppid": 900, "pid": 901, "uid": 0, "comm": exe.rpartition("/")[2], "exe": exe, "key": None, "ARCH": "x86_64",
            "SYSCALL": {59: "execve", 133: "mknod", 42: "connect"}[syscall], "UID": "root"}, "CWD": {"cwd": cwd}, "PROCTITLE": {"ARGV": [exe, "id"]}, **(more or {})}


def endpoint(os, category, kind, **fields):
    """ECS events of endpoint agents."""
    return {"@timestamp": WHEN, "host": {"name": "mac1", "os": {"type": os}}, "event": {"kind": "event", "category": [category], "type": [kind], "module": "endpoint"}, **fields}


def esf(number, kind, body):
    """macOS' eslogger."""
    return {"schema_version": 1, "mach_time": 811, "event_type": number, "time": WHEN, "version": 7, "seq_num": 3, "action_type": 1,
            "process": {"executable": {"path": "/sbin/launchd", "path_truncated": False}, "audit_token": {"pid": 1, "euid": 0}, "ppid": 0}, "event": {kind: body}}


def esf_exec(exe):
    return esf(9, "exec", {"target": {"executable": {"path": exe, "path_truncated": False}, "audit_token": {"pid": 901, "euid": 501}, "ppid": 900}, "args": [exe, "-x"], "cwd": {"path": "/Users/kai"}})


def esf_create(path):
    directory, _, name = path.rpartition("/")
    return esf(13, "create", {"destination_type": 1, "destination": {"new_path": {"dir": {"path": directory}, "filename": name, "mode": 33188}}})


def duo(**fields):
    return {"access_device": {"ip": "203.0.113.9"}, "auth_device": {"name": "phone"}, "event_type": "authentication", "factor": "bypass_code", "result": "success", "reason": "bypass_user",
            "isotimestamp": "2026-11-20T00:01:02.345678+00:00", "timestamp": 1795507262, "txid": "5a9e0c11-6b1f-4a0c-9a52-0c3f6b8a7d21", "user": {"name": "kai"}, **fields}


TRAVEL = "d7eab125-5f94-43df-8710-795b80fa1189"
JSON = [
    ("aws//cloudtrail", "c803b2ce-c4a2-4836-beae-b112010390b1", aws(eventName="CreateRoute"), aws(eventName="DeleteRoute")),
    ("aws//cloudtrail eventbridge", "c803b2ce-c4a2-4836-beae-b112010390b1",
     {"version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "time": "2026-11-20T00:01:02Z", "detail": aws(eventName="CreateRoute")},
     {"version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "time": "2026-11-20T00:01:02Z", "detail": aws()}),
    ("azure//activitylogs", "72af37e2-ec32-47dc-992b-bc288a2708cb", azure("Administrative", operationName="MICROSOFT.PORTAL/CONSOLES/WRITE"), azure("Administrative", operationName="MICROSOFT.PORTAL/CONSOLES/READ")),
    ("azure//activitylogs analytics", "72af37e2-ec32-47dc-992b-bc288a2708cb",
     {"TimeGenerated": WHEN, "Type": "AzureActivity", "OperationNameValue": "MICROSOFT.PORTAL/CONSOLES/WRITE", "CategoryValue": "Administrative", "TenantId": "x", "CorrelationId": "x", "Caller": "kai@example.tw"},
     {"TimeGenerated": WHEN, "Type": "AzureActivity", "OperationNameValue": "MICROSOFT.PORTAL/CONSOLES/READ", "CategoryValue": "Administrative", "TenantId": "x", "CorrelationId": "x", "Caller": "kai@example.tw"}),
    ("azure//auditlogs", "0ddcff6d-d262-40b0-804b-80eb592de8e3", azure("AuditLogs", operationName="Add service principal", properties={"activityDisplayName": "Add service principal"}),
     azure("AuditLogs", operationName="Update service principal", properties={"activityDisplayName": "Update service principal"})),
    ("azure//signinlogs", "2b7d6fc0-71ac-4cf7-8ed1-b5788ee5257a", azure("SignInLogs", operationName="Sign-in activity", resultType="50053", properties={"userPrincipalName": "kai@example.tw", "status": {"errorCode": 50053}}),
     azure("SignInLogs", operationName="Sign-in activity", resultType="50055", properties={"userPrincipalName": "kai@example.tw", "status": {"errorCode": 50055}})),
    ("azure//riskdetection", "28ecba0a-c743-4690-ad29-9a8f6f25a6f9", azure("UserRiskEvents", operationName="User Risk Detection", properties={"riskEventType": "passwordSpray", "riskState": "atRisk"}),
     azure("UserRiskEvents", operationName="User Risk Detection", properties={"riskEventType": "unfamiliarFeatures", "riskState": "atRisk"})),
    ("azure//pim", "e402c26a-267a-45bd-9615-bd9ceda6da85", {"id": "x", "riskEventType": "staleSignInAlertIncident", "activityDateTime": WHEN, "tenantId": "x", "correlationId": "x"},
     {"id": "x", "riskEventType": "tooManyGlobalAdminsAssignedToTenantAlertIncident", "activityDateTime": WHEN, "tenantId": "x", "correlationId": "x"}),
    ("gcp//gcp.audit", "99980a85-3a61-43d3-ac0f-b68d6b4797b1", gcp("compute.googleapis.com", methodName="compute.vpnTunnels.delete"), gcp("compute.googleapis.com", methodName="compute.vpnTunnels.get")),
    ("gcp//google_workspace.admin", "bf638ef7-4d2d-44bb-a1dc-a238252e6267", workspace("admin", "REMOVE_PRIVILEGE"), workspace("admin", "ADD_PRIVILEGE")),
    ("gcp//google_workspace.admin cloud", "bf638ef7-4d2d-44bb-a1dc-a238252e6267",
     gcp("admin.googleapis.com", methodName="google.admin.AdminService.removePrivilege", metadata={"event": [{"eventName": "REMOVE_PRIVILEGE"}]}),
     gcp("admin.googleapis.com", methodName="google.admin.AdminService.addPrivilege", metadata={"event": [{"eventName": "ADD_PRIVILEGE"}]})),
    ("gcp//google_workspace.login", "eafe6f2b-cfec-4612-aec2-49563c33a087", workspace("login", "gov_attack_warning"), workspace("login", "login_success")),
    ("gcp//google_workspace.login cloud", "eafe6f2b-cfec-4612-aec2-49563c33a087",
     gcp("login.googleapis.com", methodName="google.login.LoginService.govAttackWarning", metadata={"event": [{"eventName": "gov_attack_warning"}]}),
     gcp("login.googleapis.com", methodName="google.login.LoginService.loginSuccess", metadata={"event": [{"eventName": "login_success"}]})),
    ("m365//audit", "58f88172-a73d-442b-94c9-95eaed3cbb36", m365("AzureActiveDirectory", "Add domain to company.", ResultStatus="Success"), m365("AzureActiveDirectory", "Update domain.", ResultStatus="Success")),
    ("m365//exchange", "42127bdd-9133-474f-a6f1-97b6c08a4339", m365("Exchange", "Add-FederatedDomain", ResultStatus="True"), m365("Exchange", "Add-FederatedDomain", ResultStatus="False")),
    ("m365//threat_management", TRAVEL, m365("SecurityComplianceCenter", "AlertTriggered", RecordType=40, Name="Impossible travel activity", Status="Active", ResultStatus="Succeeded"),
     m365("SecurityComplianceCenter", "AlertTriggered", RecordType=40, Name="Travel activity", Status="Active", ResultStatus="Succeeded")),
    ("m365//threat_detection", "a3501e8e-af9e-43c6-8cd6-9360bdaae498", m365("SecurityComplianceCenter", "AlertTriggered", RecordType=40, Name="Activity from suspicious IP addresses", Status="Active"),
     m365("SecurityComplianceCenter", "AlertTriggered", RecordType=40, Name="Activity from new IP addresses", Status="Active")),
    ("okta//okta", "b6c718dd-8f53-4b9f-98d8-93fdca966969", okta("user.lifecycle.create"), okta("user.lifecycle.update")),
    ("onelogin//onelogin.events", "62fff148-278d-497e-8ecd-ad6083231a35", {"id": 4711, "created_at": "2026-11-20T00:01:02.345Z", "account_id": 1, "user_id": 7, "user_name": "kai", "event_type_id": 3, "ipaddr": "203.0.113.9"},
     {"id": 4711, "created_at": "2026-11-20T00:01:02.345Z", "account_id": 1, "user_id": 7, "user_name": "kai", "event_type_id": 5, "ipaddr": "203.0.113.9"}),
    ("github//audit", "dca8991c-cb16-4128-abf8-6b11e5cd156f", github("repo.archived"), github("repo.access")),
    ("bitbucket//audit", "70ed1d26-0050-4b38-a599-92c53d57d45a", bitbucket("Authentication", "User login failed"), bitbucket("Authentication", "User login")),
    ("kubernetes//audit", "58d31a75-a4f8-4c40-985b-373d58162ca2", kubernetes("delete", "secrets"), kubernetes("get", "secrets")),
    ("kubernetes/application/audit", "3132570d-cab2-4561-9ea6-1743644b2290", kubernetes("delete", "events"), kubernetes("create", "events")),
    ("opencanary/application/", "22777c9e-873a-4b49-855f-6072ab861a52", opencanary(5000), opencanary(5001)),
    ("cisco//duo", "6f7e1c10-2dc9-4312-adb6-9574ff09a5c8", duo(), duo(reason="user_approved")),
    ("qualys//", "6b2066c8-3dc7-4db7-9db0-6cc1d7b0dde9", {"@timestamp": WHEN, "event.category": "Security Policy", "host.name": "pc7", "host.scan.vuln": 105, "host.scan.vuln_name": "Host Firewall Product Not Detected"},
     {"@timestamp": WHEN, "event.category": "Security Policy", "host.name": "pc7", "host.scan.vuln": 106, "host.scan.vuln_name": "Host Firewall Product Detected"}),
    ("//netflow filebeat", "7e4bfe58-4a47-4709-828d-d86c78b7cc1f",
     {"@timestamp": WHEN, "event": {"action": "netflow_flow", "category": ["network"], "kind": "event", "type": ["connection"]}, "netflow": {"type": "netflow_flow", "exporter": {"version": 9}}, "input": {"type": "netflow"},
      "source": {"ip": "10.3.0.7", "port": 50112}, "destination": {"ip": "203.0.113.9", "port": 23}, "network": {"transport": "tcp", "bytes": 512}},
     {"@timestamp": WHEN, "event": {"action": "netflow_flow", "category": ["network"], "kind": "event", "type": ["connection"]}, "netflow": {"type": "netflow_flow", "exporter": {"version": 9}}, "input": {"type": "netflow"},
      "source": {"ip": "10.3.0.7", "port": 50112}, "destination": {"ip": "203.0.113.9", "port": 443}, "network": {"transport": "tcp", "bytes": 512}}),
    ("//netflow goflow2", "7e4bfe58-4a47-4709-828d-d86c78b7cc1f",
     {"type": "NETFLOW_V9", "time_received_ns": 1795507262345678901, "sequence_num": 4711, "sampling_rate": 0, "sampler_address": "10.3.0.1", "time_flow_start_ns": 1795507260000000000, "time_flow_end_ns": 1795507262000000000, "bytes": 512, "packets": 5,
      "src_addr": "10.3.0.7", "dst_addr": "203.0.113.9", "etype": "IPv4", "proto": "TCP", "src_port": 50112, "dst_port": 21},
     {"type": "NETFLOW_V9", "time_received_ns": 1795507262345678901, "sequence_num": 4711, "sampling_rate": 0, "sampler_address": "10.3.0.1", "time_flow_start_ns": 1795507260000000000, "time_flow_end_ns": 1795507262000000000, "bytes": 512, "packets": 5,
      "src_addr": "10.3.0.7", "dst_addr": "203.0.113.9", "etype": "IPv4", "proto": "TCP", "src_port": 50112, "dst_port": 22}),
    ("/webserver/ modsecurity", "953d460b-f810-420a-97a2-cfca4c98e602", modsecurity("/.git/HEAD"), modsecurity("/.gitter/")),
    ("/webserver/ modsecurity apache", "953d460b-f810-420a-97a2-cfca4c98e602", modsecurity_apache("/.git/HEAD"), modsecurity_apache("/.gitter/")),
    ("/webserver/ aws waf", "953d460b-f810-420a-97a2-cfca4c98e602", aws_waf("/.git/HEAD"), aws_waf("/.gitter/")),
    ("/webserver/ nginx json", "953d460b-f810-420a-97a2-cfca4c98e602", {"time_iso8601": "2026-11-20T08:01:02+08:00", "remote_addr": "203.0.113.9", "request_method": "GET", "request_uri": "/.git/HEAD", "status": "404", "http_user_agent": "x"},
     {"time_iso8601": "2026-11-20T08:01:02+08:00", "remote_addr": "203.0.113.9", "request_method": "GET", "request_uri": "/git/HEAD", "status": "404", "http_user_agent": "x"}),
    ("/proxy/ zscaler", "53c15703-b04c-42bb-9055-1937ddfb3392",
     {"sourcetype": "zscalernss-web", "event": {"datetime": "2026-11-20 08:01:02", "reason": "Allowed", "event_id": "4711", "protocol": "HTTP", "action": "Allowed", "url": "files.example.org/a/Run.class", "hostname": "files.example.org", "login": "kai@example.tw", "cip": "10.3.0.7", "sip": "203.0.113.9", "reqmethod": "GET", "respcode": "200", "useragent": "x"}},
     {"sourcetype": "zscalernss-web", "event": {"datetime": "2026-11-20 08:01:02", "reason": "Allowed", "event_id": "4711", "protocol": "HTTP", "action": "Allowed", "url": "files.example.org/a/Run.clas", "hostname": "files.example.org", "login": "kai@example.tw", "cip": "10.3.0.7", "sip": "203.0.113.9", "reqmethod": "GET", "respcode": "200", "useragent": "x"}}),
    ("/proxy/ suricata", "53c15703-b04c-42bb-9055-1937ddfb3392", eve("http", http={"hostname": "files.example.org", "url": "/a/Run.class", "http_user_agent": "x", "http_method": "GET", "protocol": "HTTP/1.1", "status": 200, "length": 10}),
     eve("http", http={"hostname": "files.example.org", "url": "/a/Run.html", "http_user_agent": "x", "http_method": "GET", "protocol": "HTTP/1.1", "status": 200, "length": 10})),
    ("/dns/ suricata", "c64c5175-5189-431b-a55e-6d9882158251", eve("dns", dns={"version": 2, "type": "query", "id": 4711, "rrname": "api.telegram.org", "rrtype": "A", "tx_id": 0}), eve("dns", dns={"version": 2, "type": "query", "id": 4711, "rrname": "telegram.org", "rrtype": "A", "tx_id": 0})),
    ("/firewall/ zeek", "881834a4-6659-4773-821e-1c151789d873", dict(zeek("conn", proto="tcp", conn_state="SF"), **{"id.orig_h": "10.3.0.7", "id.resp_h": "69.42.98.86"}), dict(zeek("conn", proto="tcp", conn_state="SF"), **{"id.orig_h": "10.3.0.7", "id.resp_h": "69.42.98.88"})),
    ("linux/process_creation/ auditbeat", "067d8238-7127-451c-a9ec-fa78045b618b", auditbeat("/usr/bin/doas"), auditbeat("/usr/bin/doasx")),
    ("linux/process_creation/ laurel", "067d8238-7127-451c-a9ec-fa78045b618b", laurel("/usr/bin/doas"), laurel("/usr/bin/doas", 133)),
    ("linux//auditd laurel", "710bdbce-495d-491d-9a8f-7d0d88d2b41e", laurel("/usr/bin/mknod", 133), laurel("/usr/bin/mknod", 42)),
    ("linux/process_creation/ ecs", "067d8238-7127-451c-a9ec-fa78045b618b", endpoint("linux", "process", "start", process={"executable": "/usr/bin/doas", "args": ["doas"]}), endpoint("linux", "process", "end", process={"executable": "/usr/bin/doas", "args": ["doas"]})),
    ("macos/process_creation/ ecs", "0877ed01-da46-4c49-8476-d49cdd80dfa7", endpoint("macos", "process", "start", process={"executable": "/usr/sbin/screencapture", "command_line": "screencapture -x"}), endpoint("macos", "process", "start", process={"executable": "/usr/sbin/screen"})),
    ("macos/process_creation/ eslogger", "0877ed01-da46-4c49-8476-d49cdd80dfa7", esf_exec("/usr/sbin/screencapture"), esf_exec("/usr/sbin/screen")),
    ("macos/file_event/ ecs", "dfe8b941-4e54-4242-b674-6b613d521962", endpoint("macos", "file", "creation", file={"path": "/Library/StartupItems/x/a.plist"}), endpoint("macos", "file", "creation", file={"path": "/Library/Items/x/a.plist"})),
    ("macos/file_event/ eslogger", "dfe8b941-4e54-4242-b674-6b613d521962", esf_create("/Library/StartupItems/x/a.plist"), esf_create("/Library/Items/x/a.plist")),
    ("zeek//smb_files", "bae2865c-5565-470d-b505-9496c87d0c30", zeek("smb_files", action="SMB::FILE_OPEN", path="\\\\10.3.0.7\\IPC$", name="spoolss", size=0), zeek("smb_files", action="SMB::FILE_OPEN", path="\\\\10.3.0.7\\IPC$", name="srvsvc", size=0)),
    ("zeek//http", "834c6d2f-5e98-4b2a-b453-0c4f234afedd", zeek("http", method="GET", host="x.example.org", uri="/a", user_agent="Mozilla/5.0 katz-ontop", status_code=200), zeek("http", method="GET", host="x.example.org", uri="/a", user_agent="Mozilla/5.0 katz", status_code=200)),
    ("zeek//dns", "fa7703d6-0ee8-4949-889c-48c84bc15b6f", zeek("dns", proto="udp", query="mainnet-seed-0001.nkn.org", qtype_name="A", Z=0), zeek("dns", proto="udp", query="mainnet-0001.nkn.org", qtype_name="A", Z=0)),
    ("zeek//dce_rpc", "4096842a-8f9f-4d36-92b4-d0b2a62f9b2a", zeek("dce_rpc", rtt=0.001, named_pipe="\\PIPE\\lsarpc", endpoint="efsrpc", operation="EfsRpcOpenFileRaw"), zeek("dce_rpc", rtt=0.001, named_pipe="\\PIPE\\lsarpc", endpoint="lsarpc", operation="LsarOpenPolicy2")),
    ("zeek//x509", "7100f7e3-92ce-4584-b7b7-01b40d3d4118", {"_path": "x509", "ts": 1795507262.345678, "id": "FkUeb1", "certificate.version": 3, "certificate.serial": "8BB00EE", "certificate.subject": "CN=x"}, {"_path": "x509", "ts": 1795507262.345678, "id": "FkUeb1", "certificate.version": 3, "certificate.serial": "8BB00EF", "certificate.subject": "CN=x"}),
    ("zeek//rdp", "1fc0809e-06bf-4de3-ad52-25e5263b7623", zeek("rdp", cookie="kai", result="Success", security_protocol="HYBRID"), dict(zeek("rdp", cookie="kai", result="Success", security_protocol="HYBRID"), **{"id.orig_h": "10.3.0.8"})),
    ("zeek//kerberos", "503fe26e-b5f2-4944-a126-eab405cc06e5", zeek("kerberos", request_type="TGS", client="kai/EXAMPLE.TW", service="cifs/srv3", success=True, cipher="rc4-hmac"), zeek("kerberos", request_type="TGS", client="kai/EXAMPLE.TW", service="cifs/srv3", success=True, cipher="aes256-cts-hmac-sha1-96")),
    ("zeek//kerberos filebeat", "503fe26e-b5f2-4944-a126-eab405cc06e5",
     {"@timestamp": WHEN, "event": {"dataset": "zeek.kerberos", "module": "zeek"}, "zeek": {"session_id": "CkUeb1", "kerberos": {"request_type": "TGS", "cipher": "rc4-hmac", "service": "cifs/srv3"}}},
     {"@timestamp": WHEN, "event": {"dataset": "zeek.kerberos", "module": "zeek"}, "zeek": {"session_id": "CkUeb1", "kerberos": {"request_type": "AS", "cipher": "rc4-hmac", "service": "cifs/srv3"}}}),
]


def rows():
    """(source, rule, hit, miss): all of them, as text."""
    yield from windows()
    yield from TEXT
    for source, rule, hit, miss in JSON:
        yield source, rule, json.dumps(hit), json.dumps(miss)
