/* Made with the openssl command for this test alone; its key was thrown away. */
#define KNOWN_PIN "4e69d7f3d5367405c7d39805c06257063a52d36000a89e3daf725ae9d002dc83"
#define KNOWN_CERT                                                                                           \
    "-----BEGIN CERTIFICATE-----\n"                                                                          \
    "MIIBgDCCASWgAwIBAgIUX5GCMxOebuKU1mfmRHTqVglv44YwCgYIKoZIzj0EAwIw\n"                                     \
    "FTETMBEGA1UEAwwKa25vd24udGVzdDAeFw0yNjExMjEwNTQxNDdaFw0zNjExMTgw\n"                                     \
    "NTQxNDdaMBUxEzARBgNVBAMMCmtub3duLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO\n"                                     \
    "PQMBBwNCAAQkJOOgXWZ6c3qgYUD+eYd03zwDUGFHIXMlRqrenyvOYygI8NjDO/a0\n"                                     \
    "+e+KDALmIi4ESq9aYuz1K2T2dG88U2lIo1MwUTAdBgNVHQ4EFgQUZ4XCefkSBCaz\n"                                     \
    "riEseksKW3qcX0MwHwYDVR0jBBgwFoAUZ4XCefkSBCazriEseksKW3qcX0MwDwYD\n"                                     \
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAx5Mgve5wxGBoPOP2KRm5\n"                                     \
    "2MGlQJEaSZlUTDEgM660W34CIQD38BKwFpxe4Rh3cqeCsw8No9lbBMw4gLcd9O7x\n"                                     \
    "jRSfMg==\n"                                                                                             \
    "-----END CERTIFICATE-----\n"
