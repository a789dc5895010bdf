#include "fmt/stix_schema.h"

#include <string.h>

#define COUNT(a) ((uint8_t)(sizeof(a) / sizeof *(a)))
/* name, kind, flags, what it may hold */
#define P(name, kind, flags)                                                                                 \
    {                                                                                                        \
        name, STIX_##kind, flags, NULL, NULL, 0, 0                                                           \
    }
#define PO(name, kind, flags, of)                                                                            \
    {                                                                                                        \
        name, STIX_##kind, flags, of, NULL, 0, 0                                                             \
    }
#define PS(name, flags, shape)                                                                               \
    {                                                                                                        \
        name, STIX_OBJECT, flags, NULL, &shape, 0, 0                                                         \
    }
#define PN(name, kind, flags, least, most)                                                                   \
    {                                                                                                        \
        name, STIX_##kind, flags, NULL, NULL, least, most                                                    \
    }
#define SHAPE(var, text, class, list) static const struct stix_shape var = { text, class, COUNT(list), list }
#define REF STIX_REF

static const struct stix_prop external_reference_p[] = {
    P("source_name", STRING, STIX_MUST),
    P("description", STRING, 0),
    P("url", URL, 0),
    P("hashes", HASHES, 0),
    P("external_id", STRING, 0),
};
SHAPE(external_reference, "external-reference", STIX_PART, external_reference_p);

static const struct stix_prop kill_chain_p[] = {
    P("kill_chain_name", STRING, STIX_MUST),
    P("phase_name", STRING, STIX_MUST),
};
SHAPE(kill_chain, "kill-chain-phase", STIX_PART, kill_chain_p);

static const struct stix_prop granular_p[] = {
    P("lang", LANG, 0),
    PO("marking_ref", REF, 0, "marking-definition"),
    P("selectors", STRING, STIX_MUST | STIX_LIST),
};
SHAPE(granular, "granular-marking", STIX_PART, granular_p);

/* ---- common ---- */

#define MARKINGS                                                                                             \
    PO("object_marking_refs", REF, STIX_LIST, "marking-definition"),                                         \
        PS("granular_markings", STIX_LIST, granular), P("extensions", EXTENSIONS, 0)
#define CREATED                                                                                              \
    P("type", STRING, STIX_MUST), PO("spec_version", ENUM, STIX_MUST, "2.1"), P("id", ID, STIX_MUST),        \
        PO("created_by_ref", REF, 0, "identity"), P("created", MILLI, STIX_MUST)
#define NOTES                                                                                                \
    P("labels", STRING, STIX_LIST), PN("confidence", INT, 0, 0, 100), P("lang", LANG, 0),                    \
        PS("external_references", STIX_LIST, external_reference)

static const struct stix_prop sdo_p[] = { CREATED, P("modified", MILLI, STIX_MUST), P("revoked", BOOL, 0),
                                          NOTES, MARKINGS };
SHAPE(sdo_common, "common", STIX_SDO, sdo_p);
static const struct stix_prop sco_p[] = {
    P("type", STRING, STIX_MUST),
    PO("spec_version", ENUM, 0, "2.1"),
    P("id", ID, STIX_MUST),
    P("defanged", BOOL, 0),
    MARKINGS,
};
SHAPE(sco_common, "common", STIX_SCO, sco_p);

/* ---- domain objects ---- */

#define NAMED P("name", STRING, STIX_MUST), P("description", STRING, 0)
#define NAMED_LOOSELY P("name", STRING, 0), P("description", STRING, 0)
#define SEEN P("first_seen", TIME, 0), P("last_seen", TIME, 0)
#define PHASES PS("kill_chain_phases", STIX_LIST, kill_chain)
#define ALIASES P("aliases", STRING, STIX_LIST)

static const struct stix_prop attack_pattern_p[] = { NAMED, ALIASES, PHASES };
static const struct stix_prop campaign_p[] = { NAMED, ALIASES, SEEN, P("objective", STRING, 0) };
static const struct stix_prop course_of_action_p[] = { NAMED };
static const struct stix_prop grouping_p[] = {
    NAMED_LOOSELY,
    P("context", STRING, STIX_MUST),
    PO("object_refs", REF, STIX_MUST | STIX_LIST, "any"),
};
static const struct stix_prop identity_p[] = {
    NAMED,
    P("roles", STRING, STIX_LIST),
    P("identity_class", STRING, 0),
    P("sectors", STRING, STIX_LIST),
    P("contact_information", STRING, 0),
};
static const struct stix_prop incident_p[] = { NAMED };
static const struct stix_prop indicator_p[] = {
    NAMED_LOOSELY,
    P("indicator_types", STRING, STIX_LIST),
    P("pattern", STRING, STIX_MUST),
    P("pattern_type", STRING, STIX_MUST),
    P("pattern_version", STRING, 0),
    P("valid_from", TIME, STIX_MUST),
    P("valid_until", TIME, 0),
    PHASES,
};
static const struct stix_prop infrastructure_p[] = { NAMED, P("infrastructure_types", STRING, STIX_LIST),
                                                     ALIASES, PHASES, SEEN };
static const struct stix_prop intrusion_set_p[] = {
    NAMED,
    ALIASES,
    SEEN,
    P("goals", STRING, STIX_LIST),
    P("resource_level", STRING, 0),
    P("primary_motivation", STRING, 0),
    P("secondary_motivations", STRING, STIX_LIST),
};
static const struct stix_prop location_p[] = {
    NAMED_LOOSELY,
    PN("latitude", FLOAT, 0, -90, 90),
    PN("longitude", FLOAT, 0, -180, 180),
    P("precision", FLOAT, 0),
    P("region", STRING, 0),
    P("country", STRING, 0),
    P("administrative_area", STRING, 0),
    P("city", STRING, 0),
    P("street_address", STRING, 0),
    P("postal_code", STRING, 0),
};
static const struct stix_prop malware_p[] = {
    NAMED_LOOSELY,
    P("malware_types", STRING, STIX_LIST),
    P("is_family", BOOL, STIX_MUST),
    ALIASES,
    PHASES,
    SEEN,
    PO("operating_system_refs", REF, STIX_LIST, "software"),
    P("architecture_execution_envs", STRING, STIX_LIST),
    P("implementation_languages", STRING, STIX_LIST),
    P("capabilities", STRING, STIX_LIST),
    PO("sample_refs", REF, STIX_LIST, "artifact file"),
};
static const struct stix_prop malware_analysis_p[] = {
    P("product", STRING, STIX_MUST),
    P("version", STRING, 0),
    PO("host_vm_ref", REF, 0, "software"),
    PO("operating_system_ref", REF, 0, "software"),
    PO("installed_software_refs", REF, STIX_LIST, "software"),
    P("configuration_version", STRING, 0),
    P("modules", STRING, STIX_LIST),
    P("analysis_engine_version", STRING, 0),
    P("analysis_definition_version", STRING, 0),
    P("submitted", TIME, 0),
    P("analysis_started", TIME, 0),
    P("analysis_ended", TIME, 0),
    P("result_name", STRING, 0),
    P("result", STRING, 0),
    PO("analysis_sco_refs", REF, STIX_LIST, "sco"),
    PO("sample_ref", REF, 0, "artifact file network-traffic"),
};
static const struct stix_prop note_p[] = {
    P("abstract", STRING, 0),
    P("content", STRING, STIX_MUST),
    P("authors", STRING, STIX_LIST),
    PO("object_refs", REF, STIX_MUST | STIX_LIST, "any"),
};
static const struct stix_prop observed_data_p[] = {
    P("first_observed", TIME, STIX_MUST),
    P("last_observed", TIME, STIX_MUST),
    PN("number_observed", INT, STIX_MUST, 1, 999999999),
    P("objects", OBJECTS, 0),
    PO("object_refs", REF, STIX_LIST, "sco sro"),
};
static const struct stix_prop opinion_p[] = {
    P("explanation", STRING, 0),
    P("authors", STRING, STIX_LIST),
    PO("opinion", ENUM, STIX_MUST, "strongly-disagree disagree neutral agree strongly-agree"),
    PO("object_refs", REF, STIX_MUST | STIX_LIST, "any"),
};
static const struct stix_prop report_p[] = {
    NAMED,
    P("report_types", STRING, STIX_LIST),
    P("published", TIME, STIX_MUST),
    PO("object_refs", REF, STIX_MUST | STIX_LIST, "any"),
};
static const struct stix_prop threat_actor_p[] = {
    NAMED,
    P("threat_actor_types", STRING, STIX_LIST),
    ALIASES,
    SEEN,
    P("roles", STRING, STIX_LIST),
    P("goals", STRING, STIX_LIST),
    P("sophistication", STRING, 0),
    P("resource_level", STRING, 0),
    P("primary_motivation", STRING, 0),
    P("secondary_motivations", STRING, STIX_LIST),
    P("personal_motivations", STRING, STIX_LIST),
};
static const struct stix_prop tool_p[] = {
    NAMED, P("tool_types", STRING, STIX_LIST), ALIASES, PHASES, P("tool_version", STRING, 0),
};
static const struct stix_prop vulnerability_p[] = { NAMED };

/* ---- relationships ---- */

static const struct stix_prop relationship_p[] = {
    P("relationship_type", STRING, STIX_MUST),
    P("description", STRING, 0),
    PO("source_ref", REF, STIX_MUST, "sdo sco"),
    PO("target_ref", REF, STIX_MUST, "sdo sco"),
    P("start_time", TIME, 0),
    P("stop_time", TIME, 0),
};
static const struct stix_prop sighting_p[] = {
    P("description", STRING, 0),
    SEEN,
    PN("count", INT, 0, 0, 999999999),
    PO("sighting_of_ref", REF, STIX_MUST, "sdo"),
    PO("observed_data_refs", REF, STIX_LIST, "observed-data"),
    PO("where_sighted_refs", REF, STIX_LIST, "identity location"),
    P("summary", BOOL, 0),
};

/* ---- meta objects ---- */

static const struct stix_prop marking_p[] = {
    CREATED,
    P("name", STRING, 0),
    P("definition_type", STRING, 0),
    P("definition", ANY, 0),
    PS("external_references", STIX_LIST, external_reference),
    MARKINGS,
};
static const struct stix_prop language_p[] = {
    PO("object_ref", REF, STIX_MUST, "any"),
    P("object_modified", TIME, 0),
    P("contents", CONTENTS, STIX_MUST),
};
static const struct stix_prop extension_definition_p[] = {
    P("type", STRING, STIX_MUST),
    PO("spec_version", ENUM, STIX_MUST, "2.1"),
    P("id", ID, STIX_MUST),
    PO("created_by_ref", REF, STIX_MUST, "identity"),
    P("created", MILLI, STIX_MUST),
    P("modified", MILLI, STIX_MUST),
    P("revoked", BOOL, 0),
    P("labels", STRING, STIX_LIST),
    PS("external_references", STIX_LIST, external_reference),
    MARKINGS,
    NAMED,
    P("schema", STRING, STIX_MUST),
    P("version", STRING, STIX_MUST),
    PO("extension_types", ENUM, STIX_MUST | STIX_LIST,
       "new-sdo new-sco new-sro property-extension toplevel-property-extension"),
    P("extension_properties", STRING, STIX_LIST),
};

/* ---- cyber-observables ---- */

static const struct stix_prop artifact_p[] = {
    P("mime_type", MIME, 0),
    P("payload_bin", BINARY, 0),
    P("url", URL, 0),
    P("hashes", HASHES, 0),
    PO("encryption_algorithm", ENUM, 0, "AES-256-GCM ChaCha20-Poly1305 mime-type-indicated"),
    P("decryption_key", STRING, 0),
};
static const struct stix_prop autonomous_system_p[] = {
    PN("number", INT, STIX_MUST, 0, 4294967295),
    P("name", STRING, 0),
    P("rir", STRING, 0),
};
static const struct stix_prop directory_p[] = {
    P("path", STRING, STIX_MUST), P("path_enc", CHARSET, 0),
    P("ctime", TIME, 0),          P("mtime", TIME, 0),
    P("atime", TIME, 0),          PO("contains_refs", REF, STIX_LIST, "file directory"),
};
static const struct stix_prop domain_name_p[] = {
    P("value", STRING, STIX_MUST),
    PO("resolves_to_refs", REF, STIX_LIST, "ipv4-addr ipv6-addr domain-name"),
};
static const struct stix_prop email_addr_p[] = {
    P("value", STRING, STIX_MUST),
    P("display_name", STRING, 0),
    PO("belongs_to_ref", REF, 0, "user-account"),
};
static const struct stix_prop mime_part_p[] = {
    P("body", STRING, 0),
    PO("body_raw_ref", REF, 0, "artifact file"),
    P("content_type", STRING, 0),
    P("content_disposition", STRING, 0),
};
SHAPE(mime_part, "email-mime-part", STIX_PART, mime_part_p);
static const struct stix_prop email_message_p[] = {
    P("is_multipart", BOOL, STIX_MUST),
    P("date", TIME, 0),
    P("content_type", STRING, 0),
    PO("from_ref", REF, 0, "email-addr"),
    PO("sender_ref", REF, 0, "email-addr"),
    PO("to_refs", REF, STIX_LIST, "email-addr"),
    PO("cc_refs", REF, STIX_LIST, "email-addr"),
    PO("bcc_refs", REF, STIX_LIST, "email-addr"),
    P("message_id", STRING, 0),
    P("subject", STRING, 0),
    P("received_lines", STRING, STIX_LIST),
    P("additional_header_fields", LISTS, 0),
    P("body", STRING, 0),
    PS("body_multipart", STIX_LIST, mime_part),
    PO("raw_email_ref", REF, 0, "artifact"),
};
static const struct stix_prop file_p[] = {
    P("hashes", HASHES, 0),
    PN("size", INT, 0, 0, INT64_MAX),
    P("name", STRING, 0),
    P("name_enc", CHARSET, 0),
    P("magic_number_hex", HEX, 0),
    P("mime_type", MIME, 0),
    P("ctime", TIME, 0),
    P("mtime", TIME, 0),
    P("atime", TIME, 0),
    PO("parent_directory_ref", REF, 0, "directory"),
    PO("contains_refs", REF, STIX_LIST, "sco"),
    PO("content_ref", REF, 0, "artifact"),
};
static const struct stix_prop ipv4_p[] = {
    P("value", STRING, STIX_MUST),
    PO("resolves_to_refs", REF, STIX_LIST, "mac-addr"),
    PO("belongs_to_refs", REF, STIX_LIST, "autonomous-system"),
};
static const struct stix_prop value_p[] = { P("value", STRING, STIX_MUST) };
static const struct stix_prop mutex_p[] = { P("name", STRING, STIX_MUST) };
static const struct stix_prop network_traffic_p[] = {
    P("start", TIME, 0),
    P("end", TIME, 0),
    P("is_active", BOOL, 0),
    PO("src_ref", REF, 0, "ipv4-addr ipv6-addr mac-addr domain-name"),
    PO("dst_ref", REF, 0, "ipv4-addr ipv6-addr mac-addr domain-name"),
    PN("src_port", INT, 0, 0, 65535),
    PN("dst_port", INT, 0, 0, 65535),
    P("protocols", STRING, STIX_MUST | STIX_LIST),
    PN("src_byte_count", INT, 0, 0, INT64_MAX),
    PN("dst_byte_count", INT, 0, 0, INT64_MAX),
    PN("src_packets", INT, 0, 0, INT64_MAX),
    PN("dst_packets", INT, 0, 0, INT64_MAX),
    P("ipfix", SCALARS, 0),
    PO("src_payload_ref", REF, 0, "artifact"),
    PO("dst_payload_ref", REF, 0, "artifact"),
    PO("encapsulates_refs", REF, STIX_LIST, "network-traffic"),
    PO("encapsulated_by_ref", REF, 0, "network-traffic"),
};
static const struct stix_prop process_p[] = {
    P("is_hidden", BOOL, 0),
    P("pid", INT, 0),
    P("created_time", TIME, 0),
    P("cwd", STRING, 0),
    P("command_line", STRING, 0),
    P("environment_variables", TEXTS, 0),
    PO("opened_connection_refs", REF, STIX_LIST, "network-traffic"),
    PO("creator_user_ref", REF, 0, "user-account"),
    PO("image_ref", REF, 0, "file"),
    PO("parent_ref", REF, 0, "process"),
    PO("child_refs", REF, STIX_LIST, "process"),
};
static const struct stix_prop software_p[] = {
    P("name", STRING, STIX_MUST),    P("cpe", STRING, 0),    P("swid", STRING, 0),
    P("languages", LANG, STIX_LIST), P("vendor", STRING, 0), P("version", STRING, 0),
};
static const struct stix_prop user_account_p[] = {
    P("user_id", STRING, 0),           P("credential", STRING, 0),
    P("account_login", STRING, 0),     P("account_type", STRING, 0),
    P("display_name", STRING, 0),      P("is_service_account", BOOL, 0),
    P("is_privileged", BOOL, 0),       P("can_escalate_privs", BOOL, 0),
    P("is_disabled", BOOL, 0),         P("account_created", TIME, 0),
    P("account_expires", TIME, 0),     P("credential_last_changed", TIME, 0),
    P("account_first_login", TIME, 0), P("account_last_login", TIME, 0),
};
static const struct stix_prop registry_value_p[] = {
    P("name", STRING, 0),
    P("data", STRING, 0),
    PO("data_type", ENUM, 0,
       "REG_NONE REG_SZ REG_EXPAND_SZ REG_BINARY REG_DWORD REG_DWORD_BIG_ENDIAN REG_DWORD_LITTLE_ENDIAN "
       "REG_LINK "
       "REG_MULTI_SZ REG_RESOURCE_LIST REG_FULL_RESOURCE_DESCRIPTION REG_RESOURCE_REQUIREMENTS_LIST "
       "REG_QWORD "
       "REG_INVALID_TYPE"),
};
SHAPE(registry_value, "windows-registry-value-type", STIX_PART, registry_value_p);
static const struct stix_prop registry_key_p[] = {
    P("key", STRING, 0),
    PS("values", STIX_LIST, registry_value),
    P("modified_time", TIME, 0),
    PO("creator_user_ref", REF, 0, "user-account"),
    P("number_of_subkeys", INT, 0),
};
static const struct stix_prop x509_v3_p[] = {
    P("basic_constraints", STRING, 0),
    P("name_constraints", STRING, 0),
    P("policy_constraints", STRING, 0),
    P("key_usage", STRING, 0),
    P("extended_key_usage", STRING, 0),
    P("subject_key_identifier", STRING, 0),
    P("authority_key_identifier", STRING, 0),
    P("subject_alternative_name", STRING, 0),
    P("issuer_alternative_name", STRING, 0),
    P("subject_directory_attributes", STRING, 0),
    P("crl_distribution_points", STRING, 0),
    P("inhibit_any_policy", STRING, 0),
    P("private_key_usage_period_not_before", TIME, 0),
    P("private_key_usage_period_not_after", TIME, 0),
    P("certificate_policies", STRING, 0),
    P("policy_mappings", STRING, 0),
};
SHAPE(x509_v3, "x509-v3-extensions-type", STIX_PART, x509_v3_p);
static const struct stix_prop x509_p[] = {
    P("is_self_signed", BOOL, 0),
    P("hashes", HASHES, 0),
    P("version", STRING, 0),
    P("serial_number", STRING, 0),
    P("signature_algorithm", STRING, 0),
    P("issuer", STRING, 0),
    P("validity_not_before", TIME, 0),
    P("validity_not_after", TIME, 0),
    P("subject", STRING, 0),
    P("subject_public_key_algorithm", STRING, 0),
    P("subject_public_key_modulus", STRING, 0),
    P("subject_public_key_exponent", INT, 0),
    PS("x509_v3_extensions", 0, x509_v3),
};

/* ---- predefined extensions of observables ---- */

static const struct stix_prop archive_p[] = {
    PO("contains_refs", REF, STIX_MUST | STIX_LIST, "file directory"),
    P("comment", STRING, 0),
};
static const struct stix_prop stream_p[] = {
    P("name", STRING, STIX_MUST),
    P("hashes", HASHES, 0),
    PN("size", INT, 0, 0, INT64_MAX),
};
SHAPE(stream, "alternate-data-stream-type", STIX_PART, stream_p);
static const struct stix_prop ntfs_p[] = {
    P("sid", STRING, 0),
    PS("alternate_data_streams", STIX_LIST, stream),
};
static const struct stix_prop pdf_p[] = {
    P("version", STRING, 0), P("is_optimized", BOOL, 0), P("document_info_dict", TEXTS, 0),
    P("pdfid0", STRING, 0),  P("pdfid1", STRING, 0),
};
static const struct stix_prop raster_p[] = {
    P("image_height", INT, 0),
    P("image_width", INT, 0),
    P("bits_per_pixel", INT, 0),
    P("exif_tags", SCALARS, 0),
};
static const struct stix_prop pe_optional_p[] = {
    P("magic_hex", HEX, 0),
    P("major_linker_version", INT, 0),
    P("minor_linker_version", INT, 0),
    PN("size_of_code", INT, 0, 0, INT64_MAX),
    PN("size_of_initialized_data", INT, 0, 0, INT64_MAX),
    PN("size_of_uninitialized_data", INT, 0, 0, INT64_MAX),
    P("address_of_entry_point", INT, 0),
    P("base_of_code", INT, 0),
    P("base_of_data", INT, 0),
    P("image_base", INT, 0),
    P("section_alignment", INT, 0),
    P("file_alignment", INT, 0),
    P("major_os_version", INT, 0),
    P("minor_os_version", INT, 0),
    P("major_image_version", INT, 0),
    P("minor_image_version", INT, 0),
    P("major_subsystem_version", INT, 0),
    P("minor_subsystem_version", INT, 0),
    P("win32_version_value_hex", HEX, 0),
    PN("size_of_image", INT, 0, 0, INT64_MAX),
    PN("size_of_headers", INT, 0, 0, INT64_MAX),
    P("checksum_hex", HEX, 0),
    P("subsystem_hex", HEX, 0),
    P("dll_characteristics_hex", HEX, 0),
    PN("size_of_stack_reserve", INT, 0, 0, INT64_MAX),
    PN("size_of_stack_commit", INT, 0, 0, INT64_MAX),
    PN("size_of_heap_reserve", INT, 0, 0, INT64_MAX),
    PN("size_of_heap_commit", INT, 0, 0, INT64_MAX),
    P("loader_flags_hex", HEX, 0),
    P("number_of_rva_and_sizes", INT, 0),
    P("hashes", HASHES, 0),
};
SHAPE(pe_optional, "windows-pe-optional-header-type", STIX_PART, pe_optional_p);
static const struct stix_prop pe_section_p[] = {
    P("name", STRING, STIX_MUST),
    PN("size", INT, 0, 0, INT64_MAX),
    P("entropy", FLOAT, 0),
    P("hashes", HASHES, 0),
};
SHAPE(pe_section, "windows-pe-section-type", STIX_PART, pe_section_p);
static const struct stix_prop pe_p[] = {
    P("pe_type", STRING, STIX_MUST),
    P("imphash", STRING, 0),
    P("machine_hex", HEX, 0),
    PN("number_of_sections", INT, 0, 0, INT64_MAX),
    P("time_date_stamp", TIME, 0),
    P("pointer_to_symbol_table_hex", HEX, 0),
    PN("number_of_symbols", INT, 0, 0, INT64_MAX),
    PN("size_of_optional_header", INT, 0, 0, INT64_MAX),
    P("characteristics_hex", HEX, 0),
    P("file_header_hashes", HASHES, 0),
    PS("optional_header", 0, pe_optional),
    PS("sections", STIX_LIST, pe_section),
};
static const struct stix_prop http_request_p[] = {
    P("request_method", STRING, STIX_MUST), P("request_value", STRING, STIX_MUST),
    P("request_version", STRING, 0),        P("request_header", LISTS, 0),
    P("message_body_length", INT, 0),       PO("message_body_data_ref", REF, 0, "artifact"),
};
static const struct stix_prop icmp_p[] = { P("icmp_type_hex", HEX, STIX_MUST),
                                           P("icmp_code_hex", HEX, STIX_MUST) };
static const struct stix_prop socket_p[] = {
    PO("address_family", ENUM, STIX_MUST,
       "AF_UNSPEC AF_INET AF_IPX AF_APPLETALK AF_NETBIOS AF_INET6 AF_IRDA AF_BTH"),
    P("is_blocking", BOOL, 0),
    P("is_listening", BOOL, 0),
    P("options", INTS, 0),
    PO("socket_type", ENUM, 0, "SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET"),
    PN("socket_descriptor", INT, 0, 0, INT64_MAX),
    P("socket_handle", INT, 0),
};
static const struct stix_prop tcp_p[] = { P("src_flags_hex", HEX, 0), P("dst_flags_hex", HEX, 0) };
static const struct stix_prop windows_process_p[] = {
    P("aslr_enabled", BOOL, 0),
    P("dep_enabled", BOOL, 0),
    P("priority", STRING, 0),
    P("owner_sid", STRING, 0),
    P("window_title", STRING, 0),
    P("startup_info", DICT, 0),
    PO("integrity_level", ENUM, 0, "low medium high system"),
};
static const struct stix_prop windows_service_p[] = {
    P("service_name", STRING, 0),
    P("descriptions", STRING, STIX_LIST),
    P("display_name", STRING, 0),
    P("group_name", STRING, 0),
    PO("start_type", ENUM, 0,
       "SERVICE_AUTO_START SERVICE_BOOT_START SERVICE_DEMAND_START SERVICE_DISABLED SERVICE_SYSTEM_ALERT"),
    PO("service_dll_refs", REF, STIX_LIST, "file"),
    PO("service_type", ENUM, 0,
       "SERVICE_KERNEL_DRIVER SERVICE_FILE_SYSTEM_DRIVER SERVICE_WIN32_OWN_PROCESS "
       "SERVICE_WIN32_SHARE_PROCESS"),
    PO("service_status", ENUM, 0,
       "SERVICE_CONTINUE_PENDING SERVICE_PAUSE_PENDING SERVICE_PAUSED SERVICE_RUNNING SERVICE_START_PENDING "
       "SERVICE_STOP_PENDING SERVICE_STOPPED"),
};
static const struct stix_prop unix_account_p[] = {
    P("gid", INT, 0),
    P("groups", STRING, STIX_LIST),
    P("home_dir", STRING, 0),
    P("shell", STRING, 0),
};

#define TYPE(text, class, list)                                                                              \
    {                                                                                                        \
        text, class, COUNT(list), list                                                                       \
    }

static const struct stix_shape shapes[] = {
    TYPE("artifact", STIX_SCO, artifact_p),
    TYPE("attack-pattern", STIX_SDO, attack_pattern_p),
    TYPE("autonomous-system", STIX_SCO, autonomous_system_p),
    TYPE("campaign", STIX_SDO, campaign_p),
    TYPE("course-of-action", STIX_SDO, course_of_action_p),
    TYPE("directory", STIX_SCO, directory_p),
    TYPE("domain-name", STIX_SCO, domain_name_p),
    TYPE("email-addr", STIX_SCO, email_addr_p),
    TYPE("email-message", STIX_SCO, email_message_p),
    TYPE("extension-definition", STIX_META, extension_definition_p),
    TYPE("file", STIX_SCO, file_p),
    TYPE("grouping", STIX_SDO, grouping_p),
    TYPE("identity", STIX_SDO, identity_p),
    TYPE("incident", STIX_SDO, incident_p),
    TYPE("indicator", STIX_SDO, indicator_p),
    TYPE("infrastructure", STIX_SDO, infrastructure_p),
    TYPE("intrusion-set", STIX_SDO, intrusion_set_p),
    TYPE("ipv4-addr", STIX_SCO, ipv4_p),
    TYPE("ipv6-addr", STIX_SCO, ipv4_p),
    TYPE("language-content", STIX_SRO, language_p),
    TYPE("location", STIX_SDO, location_p),
    TYPE("mac-addr", STIX_SCO, value_p),
    TYPE("malware", STIX_SDO, malware_p),
    TYPE("malware-analysis", STIX_SDO, malware_analysis_p),
    TYPE("marking-definition", STIX_META, marking_p),
    TYPE("mutex", STIX_SCO, mutex_p),
    TYPE("network-traffic", STIX_SCO, network_traffic_p),
    TYPE("note", STIX_SDO, note_p),
    TYPE("observed-data", STIX_SDO, observed_data_p),
    TYPE("opinion", STIX_SDO, opinion_p),
    TYPE("process", STIX_SCO, process_p),
    TYPE("relationship", STIX_SRO, relationship_p),
    TYPE("report", STIX_SDO, report_p),
    TYPE("sighting", STIX_SRO, sighting_p),
    TYPE("software", STIX_SCO, software_p),
    TYPE("threat-actor", STIX_SDO, threat_actor_p),
    TYPE("tool", STIX_SDO, tool_p),
    TYPE("url", STIX_SCO, value_p),
    TYPE("user-account", STIX_SCO, user_account_p),
    TYPE("vulnerability", STIX_SDO, vulnerability_p),
    TYPE("windows-registry-key", STIX_SCO, registry_key_p),
    TYPE("x509-certificate", STIX_SCO, x509_p),
};

static const struct {
    const char *type;
    struct stix_shape shape;
} extensions[] = {
    { "file", TYPE("archive-ext", STIX_PART, archive_p) },
    { "file", TYPE("ntfs-ext", STIX_PART, ntfs_p) },
    { "file", TYPE("pdf-ext", STIX_PART, pdf_p) },
    { "file", TYPE("raster-image-ext", STIX_PART, raster_p) },
    { "file", TYPE("windows-pebinary-ext", STIX_PART, pe_p) },
    { "network-traffic", TYPE("http-request-ext", STIX_PART, http_request_p) },
    { "network-traffic", TYPE("icmp-ext", STIX_PART, icmp_p) },
    { "network-traffic", TYPE("socket-ext", STIX_PART, socket_p) },
    { "network-traffic", TYPE("tcp-ext", STIX_PART, tcp_p) },
    { "process", TYPE("windows-process-ext", STIX_PART, windows_process_p) },
    { "process", TYPE("windows-service-ext", STIX_PART, windows_service_p) },
    { "user-account", TYPE("unix-account-ext", STIX_PART, unix_account_p) },
};

static int order(const char *a, size_t n, const char *b)
{
    int c = strncmp(a, b, n);

    return c ? c : b[n] ? -1 : 0;
}

const struct stix_shape *stix_shape_of(const char *name, size_t len)
{
    size_t lo = 0, hi = sizeof shapes / sizeof *shapes;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = order(name, len, shapes[mid].name);

        if (c == 0)
            return &shapes[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

const struct stix_shape *stix_extension_of(const char *type, size_t type_len, const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (order(type, type_len, extensions[i].type) == 0 && order(name, len, extensions[i].shape.name) == 0)
            return &extensions[i].shape;
    return NULL;
}

const struct stix_shape *stix_common(enum stix_class class)
{
    if (class == STIX_SDO || class == STIX_SRO)
        return &sdo_common;
    return class == STIX_SCO ? &sco_common : NULL;
}
