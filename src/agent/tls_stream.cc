// TLS of the dialer on Mbed TLS. The only file that knows it.
//
// Addresses as names of certificates are compared here: the library compares DNS names only.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "agent/server_stream.h"

namespace windlass::agent {

namespace {

/// Where images keep the authorities that they trust: Debian and Alpine, Red Hat, others.
constexpr std::array kRootFiles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                   "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
                                   "/etc/ssl/cert.pem"};
constexpr int kAddressName = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;
constexpr int kDnsName = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2;
constexpr std::size_t kMostNames = 8;

std::string words_of(int code) {
  char text[160] = "";
  mbedtls_strerror(code, text, sizeof text);
  return text;
}

/// The bytes of an address, or nothing if it is a name.
std::string address_bytes(const std::string& host) {
  char bytes[16];
  if (::inet_pton(AF_INET, host.c_str(), bytes) == 1) return {bytes, 4};
  if (::inet_pton(AF_INET6, host.c_str(), bytes) == 1) return {bytes, 16};
  return {};
}

std::string day_of(const mbedtls_x509_time& time) {
  char text[40];
  (void)std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d UTC", time.year, time.mon, time.day, time.hour,
                      time.min);
  return text;
}

class Tls final : public ServerStream {
 public:
  Tls(int socket, const TlsWanted& wanted) : socket_(socket), wanted_(wanted), address_(address_bytes(wanted.host)) {
    mbedtls_ssl_init(&ssl_);
    mbedtls_ssl_config_init(&config_);
    mbedtls_x509_crt_init(&authorities_);
    mbedtls_entropy_init(&entropy_);
    mbedtls_ctr_drbg_init(&random_);
  }
  ~Tls() override {
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_config_free(&config_);
    mbedtls_x509_crt_free(&authorities_);
    mbedtls_ctr_drbg_free(&random_);
    mbedtls_entropy_free(&entropy_);
  }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  Result<> shake_hands(std::chrono::steady_clock::time_point deadline) {
    WL_CHECK_OK(read_authorities());
    int done = mbedtls_ctr_drbg_seed(&random_, mbedtls_entropy_func, &entropy_, nullptr, 0);
    if (done == 0) {
      done = mbedtls_ssl_config_defaults(&config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                         MBEDTLS_SSL_PRESET_DEFAULT);
    }
    if (done != 0) return fail(ErrorKind::unavailable, "TLS cannot begin: " + words_of(done));
    mbedtls_ssl_conf_min_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&config_, &authorities_, nullptr);
    mbedtls_ssl_conf_rng(&config_, mbedtls_ctr_drbg_random, &random_);
    mbedtls_ssl_conf_verify(&config_, look_at_certificate, this);
    done = mbedtls_ssl_setup(&ssl_, &config_);
    // An address is no name for the server to choose a certificate by.
    if (done == 0 && address_.empty()) done = mbedtls_ssl_set_hostname(&ssl_, wanted_.host.c_str());
    if (done != 0) return fail(ErrorKind::unavailable, "TLS cannot begin: " + words_of(done));
    mbedtls_ssl_set_bio(&ssl_, this, send_bytes, receive_bytes, nullptr);
    for (;;) {
      done = mbedtls_ssl_handshake(&ssl_);
      if (done == 0) break;
      if (done != MBEDTLS_ERR_SSL_WANT_READ && done != MBEDTLS_ERR_SSL_WANT_WRITE) return fail(what_failed(done));
      if (!wait_for_socket(socket_, done == MBEDTLS_ERR_SSL_WANT_READ ? POLLIN : POLLOUT, deadline)) {
        return fail(ErrorKind::timeout, wanted_.shown + " takes the connection but does not speak TLS");
      }
    }
    // The callback has seen it and set the flags; that it was asked at all is looked at once more.
    if (!seen_ || mbedtls_ssl_get_verify_result(&ssl_) != 0) {
      return fail(what_failed(MBEDTLS_ERR_X509_CERT_VERIFY_FAILED));
    }
    return {};
  }

  Step read(char* to, std::size_t size) override {
    const int count = mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(to), size);
    if (count > 0) return {State::done, static_cast<std::size_t>(count)};
    return step_of(count);
  }

  Step write(std::string_view bytes) override {
    // What was begun is encrypted already: it is told again by the same length, however much has come behind it.
    const auto size = begun_ != 0 ? begun_ : std::min<std::size_t>(bytes.size(), kPiece);
    const int count = mbedtls_ssl_write(&ssl_, reinterpret_cast<const unsigned char*>(bytes.data()), size);
    if (count >= 0) {
      begun_ = 0;
      return {State::done, static_cast<std::size_t>(count)};
    }
    begun_ = size;
    return step_of(count);
  }

 private:
  static constexpr std::size_t kPiece = 16U << 10U;

  static Step step_of(int code) {
    if (code == MBEDTLS_ERR_SSL_WANT_READ) return {State::wait_to_read};
    if (code == MBEDTLS_ERR_SSL_WANT_WRITE) return {State::wait_to_write};
    return {State::ended};
  }

  Result<> read_authorities() {
    if (!wanted_.authorities.empty()) {
      const bool is_file = wanted_.authorities.front() == '/';
      trusts_ = is_file ? "the authorities of " + wanted_.authorities : "the authority that this pod was given";
      // With its zero, which tells the library that it is a text.
      const int done = is_file ? mbedtls_x509_crt_parse_file(&authorities_, wanted_.authorities.c_str())
                               : mbedtls_x509_crt_parse(
                                     &authorities_, reinterpret_cast<const unsigned char*>(wanted_.authorities.c_str()),
                                     wanted_.authorities.size() + 1);
      if (done == 0) return {};
      return fail(ErrorKind::invalid,
                  "WINDLASS_CA holds no certificates (PEM, or the path of a file of them): " +
                      (done > 0 ? std::to_string(done) + " of them cannot be read" : words_of(done)));
    }
    for (const auto* file : kRootFiles) {
      if (::access(file, R_OK) != 0) continue;
      // One of a hundred that this library does not know is no reason to trust none.
      (void)mbedtls_x509_crt_parse_file(&authorities_, file);
      if (authorities_.version == 0) continue;
      trusts_ = std::string("the authorities of the image (") + file + ")";
      return {};
    }
    return fail(ErrorKind::invalid, "the certificate of " + wanted_.shown +
                                        " cannot be checked: the image has no authorities, and the pod was given none "
                                        "(WINDLASS_CA)");
  }

  static int look_at_certificate(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
    if (depth == 0) static_cast<Tls*>(self)->look_at(*certificate, *flags);
    return 0;
  }

  void look_at(const mbedtls_x509_crt& certificate, std::uint32_t& flags) {
    seen_ = true;
    begins_ = day_of(certificate.valid_from);
    ends_ = day_of(certificate.valid_to);
    bool is_ours = false;
    std::size_t count = 0;
    for (const auto* name = &certificate.subject_alt_names; name != nullptr; name = name->next) {
      const std::string bytes(reinterpret_cast<const char*>(name->buf.p), name->buf.p == nullptr ? 0 : name->buf.len);
      std::string shown;
      if (name->buf.tag == kAddressName) {
        char text[INET6_ADDRSTRLEN] = "";
        if (bytes.size() == 4) ::inet_ntop(AF_INET, bytes.data(), text, sizeof text);
        if (bytes.size() == 16) ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
        shown = text;
        is_ours |= !address_.empty() && bytes == address_;
      } else if (name->buf.tag == kDnsName) {
        shown = bytes.substr(0, 253);
        std::ranges::replace_if(shown, [](char c) { return c <= ' ' || c > '~'; }, '?');
      }
      if (!shown.empty() && count++ < kMostNames) names_ += (names_.empty() ? "" : ", ") + shown;
    }
    if (!address_.empty() && !is_ours) flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  }

  Error what_failed(int code) {
    const auto whose = "the certificate of " + wanted_.shown;
    if (code != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
      if (code == MBEDTLS_ERR_SSL_INVALID_RECORD) {
        return {ErrorKind::unavailable, wanted_.shown + " does not speak TLS: is it an http:// address?"};
      }
      if (code == MBEDTLS_ERR_SSL_CONN_EOF || code == kReset) {
        return {ErrorKind::unavailable, wanted_.shown + " hung up while TLS began: is it an http:// address?"};
      }
      return {ErrorKind::unavailable, "TLS with " + wanted_.shown + " failed: " + words_of(code)};
    }
    const auto flags = mbedtls_ssl_get_verify_result(&ssl_);
    if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) {
      return {ErrorKind::forbidden, whose + " has expired, on " + ends_ + "; renew it, or set this node's clock right"};
    }
    if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) {
      return {ErrorKind::forbidden, whose + " is not valid before " + begins_ + "; is this node's clock right?"};
    }
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) {
      return {ErrorKind::forbidden, whose + " is for " + (names_.empty() ? "no name at all" : names_) + ", not for " +
                                        wanted_.host +
                                        "; call the server by one of its names (--agents-url, jenkinsUrl), "
                                        "or give it a certificate for this one"};
    }
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
      return {ErrorKind::forbidden, whose + " is signed by nobody of " + trusts_ +
                                        "; give the pod the right one (WINDLASS_CA: PEM, or the path of a file)"};
    }
    char text[300] = "";
    mbedtls_x509_crt_verify_info(text, sizeof text, "", flags);
    std::string said(text);
    std::ranges::replace(said, '\n', ' ');
    return {ErrorKind::forbidden, whose + " is not taken: " + said};
  }

  static constexpr int kReset = -0x7001;  ///< ours: the connection broke

  static int send_bytes(void* self, const unsigned char* bytes, std::size_t size) {
    const auto count = ::send(static_cast<Tls*>(self)->socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) return static_cast<int>(count);
    return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE : kReset;
  }
  static int receive_bytes(void* self, unsigned char* bytes, std::size_t size) {
    const auto count = ::recv(static_cast<Tls*>(self)->socket_, bytes, size, MSG_DONTWAIT);
    if (count >= 0) return static_cast<int>(count);
    return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : kReset;
  }

  int socket_;
  TlsWanted wanted_;
  std::string address_;  ///< its bytes, where no name was called
  std::string trusts_, names_, begins_, ends_;
  bool seen_ = false;
  std::size_t begun_ = 0;
  mbedtls_ssl_context ssl_{};
  mbedtls_ssl_config config_{};
  mbedtls_x509_crt authorities_{};
  mbedtls_entropy_context entropy_{};
  mbedtls_ctr_drbg_context random_{};
};

}  // namespace

Result<std::unique_ptr<ServerStream>> tls_stream(int socket, const TlsWanted& wanted,
                                                 std::chrono::steady_clock::time_point deadline) {
  auto out = std::make_unique<Tls>(socket, wanted);
  WL_CHECK_OK(out->shake_hands(deadline));
  return std::unique_ptr<ServerStream>(std::move(out));
}

}  // namespace windlass::agent
