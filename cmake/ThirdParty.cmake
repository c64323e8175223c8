# Other people's libraries as targets third_party::NAME, as archives: what is linked decides how long `windlass` takes to
# start (thirty shared libraries cost more than a whole small run; docs/benchmarks.md). Only libc is shared. libcurl, which
# drags most of them, is opened at first use (src/steps/detail/curl_session.h).
include_guard(GLOBAL)

# third_party(NAME HEADER ARCHIVE… [NEEDS target…])
function(third_party name header)
  cmake_parse_arguments(ARG "" "" "NEEDS" ${ARGN})
  if(TARGET third_party::${name})
    return()
  endif()
  find_path(THIRD_PARTY_${name}_HEADERS ${header} REQUIRED)
  add_library(third_party::${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(third_party::${name} INTERFACE "${THIRD_PARTY_${name}_HEADERS}")
  foreach(archive IN LISTS ARG_UNPARSED_ARGUMENTS)
    find_library(THIRD_PARTY_ARCHIVE_${archive} NAMES lib${archive}.a ${archive} REQUIRED)
    target_link_libraries(third_party::${name} INTERFACE "${THIRD_PARTY_ARCHIVE_${archive}}")
  endforeach()
  target_link_libraries(third_party::${name} INTERFACE ${ARG_NEEDS})
endfunction()

third_party(sodium sodium.h sodium)
third_party(zstd zstd.h zstd)
third_party(sqlite3 sqlite3.h sqlite3 NEEDS m)
third_party(yaml yaml.h yaml)
third_party(pugixml pugixml.hpp pugixml)
third_party(pcre2 pcre2.h pcre2-8 pcre2-16)
third_party(utf8proc utf8proc.h utf8proc)
third_party(nettle nettle/sha2.h nettle)
third_party(mbedtls mbedtls/ssl.h mbedtls mbedx509 mbedcrypto)
third_party(crypto openssl/evp.h crypto)
third_party(ssl openssl/ssl.h ssl NEEDS third_party::crypto)
# For the formats that src/files names; the others, xar's XML above all, are not linked.
third_party(archive archive.h archive zstd z bz2 lzma NEEDS third_party::nettle)
