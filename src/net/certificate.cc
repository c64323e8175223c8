#include "net/certificate.h"

#include <arpa/inet.h>
#include <ctime>
#include <functional>
#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace windlass::net {

namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::unexpected<Error> failed(std::string_view doing) {
  char text[256] = "unknown";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return fail(ErrorKind::internal, std::string(doing) + ": " + text);
}

Result<std::string> pem_of(const std::function<int(BIO*)>& write) {
  Owned<BIO> memory(BIO_new(BIO_s_mem()));
  if (!memory || write(memory.get()) != 1) return failed("writing PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Result<CertificatePair> make(const std::string& name, std::int64_t now, std::int64_t days, X509* issuer,
                             EVP_PKEY* issuer_key, const std::vector<std::pair<int, std::string>>& extensions) {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  Owned<X509> certificate(X509_new());
  if (!key || !certificate) return failed("making a key");
  X509_set_version(certificate.get(), X509_VERSION_3);
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return failed("reading random bytes");
  serial[0] &= 0x7f;
  std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(serial, sizeof serial, nullptr), BN_free);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  std::time_t begin = now - 3600, end = now + days * 86400;
  X509_time_adj(X509_getm_notBefore(certificate.get()), 0, &begin);
  X509_time_adj(X509_getm_notAfter(certificate.get()), 0, &end);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509* const signer = issuer != nullptr ? issuer : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  for (const auto& [id, value] : extensions) {
    if (!add_extension(certificate.get(), signer, id, value)) return failed("adding an extension");
  }
  if (X509_sign(certificate.get(), issuer_key != nullptr ? issuer_key : key.get(), EVP_sha256()) == 0) {
    return failed("signing a certificate");
  }
  CertificatePair out;
  out.certificate = WL_TRY(pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); }));
  out.key = WL_TRY(
      pem_of([&](BIO* to) { return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }));
  return out;
}

Owned<X509> read_certificate(const std::string& pem) {
  Owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Owned<X509>(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

}  // namespace

Result<CertificatePair> make_authority(const std::string& name, std::int64_t now) {
  return make(name, now, 3650, nullptr, nullptr,
              {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
               {NID_key_usage, "critical,keyCertSign,cRLSign"},
               {NID_subject_key_identifier, "hash"}});
}

Result<CertificatePair> make_server_certificate(const CertificatePair& authority, const std::vector<std::string>& names,
                                                std::int64_t now) {
  auto issuer = read_certificate(authority.certificate);
  Owned<BIO> memory(BIO_new_mem_buf(authority.key.data(), static_cast<int>(authority.key.size())));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  if (!issuer || !key) return failed("reading the authority's certificate");
  std::string alternatives;
  for (const auto& name : names) {
    in6_addr address{};
    const bool ip =
        ::inet_pton(AF_INET, name.c_str(), &address) == 1 || ::inet_pton(AF_INET6, name.c_str(), &address) == 1;
    if (name.find_first_of(",\r\n") != std::string::npos)
      return fail(ErrorKind::invalid, "'" + name + "' is no host name");
    alternatives += (alternatives.empty() ? "" : ",") + std::string(ip ? "IP:" : "DNS:") + name;
  }
  return make(names.empty() ? "windlass" : names.front(), now, 396, issuer.get(), key.get(),
              {{NID_basic_constraints, "critical,CA:FALSE"},
               {NID_key_usage, "critical,digitalSignature"},
               {NID_ext_key_usage, "serverAuth"},
               {NID_subject_alt_name, alternatives.empty() ? "DNS:localhost" : alternatives}});
}

Result<std::int64_t> certificate_end(const std::string& pem) {
  auto certificate = read_certificate(pem);
  if (!certificate) return fail(ErrorKind::invalid, "this is no PEM certificate");
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) return failed("reading a certificate's end");
  return static_cast<std::int64_t>(::timegm(&end));
}

}  // namespace windlass::net
