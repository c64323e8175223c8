// OpenSSL between two buffers in memory; what is in them goes through the inner stream. One thread; one coroutine may
// read while another one writes.
#include "net/tls_client.h"

#include <array>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/url.h"

namespace windlass::net {

namespace {

constexpr std::size_t kReadSize = 16 * 1024;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const {
    release(thing);
  }
};
using SslPtr = std::unique_ptr<SSL, Release<::SSL_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Release<::SSL_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Release<::BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Release<::X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Release<::EVP_PKEY_free>>;

/// The last reason that OpenSSL gives, and an empty queue.
std::string last_reason() {
  std::string out = "unknown reason";
  while (const auto code = ::ERR_get_error()) {
    if (const char* text = ::ERR_reason_error_string(code)) out = text;
  }
  return out;
}

BioPtr bio_of(const std::string& text) { return BioPtr(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

/// Never asks a terminal for a pass phrase.
int no_pass_phrase(char*, int, int, void*) { return -1; }

/// While it does anything, the queue of errors is ours.
class TlsClientStream final : public ByteStream {
 public:
  TlsClientStream(boost::asio::io_context& io, rt::Timers& timers, std::unique_ptr<ByteStream> inner, SslPtr ssl)
      : inner_(std::move(inner)), ssl_(std::move(ssl)), written_(io, timers) {
    in_ = ::BIO_new(::BIO_s_mem());
    out_ = ::BIO_new(::BIO_s_mem());
    BIO_set_mem_eof_return(in_, -1);
    BIO_set_mem_eof_return(out_, -1);
    ::SSL_set_bio(ssl_.get(), in_, out_);  // it owns them now
    ::SSL_set_connect_state(ssl_.get());
  }

  rt::Task<> shake_hands(std::string name) {
    for (;;) {
      ::ERR_clear_error();
      const int done = ::SSL_do_handshake(ssl_.get());
      const int why = ::SSL_get_error(ssl_.get(), done);
      if (done != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        const auto verdict = ::SSL_get_verify_result(ssl_.get());
        const auto reason = last_reason();
        (void)co_await flush();  // the alert
        if (verdict != X509_V_OK) {
          co_return fail(ErrorKind::forbidden,
                         "the certificate of " + name + " is not trusted: " + ::X509_verify_cert_error_string(verdict));
        }
        co_return fail(ErrorKind::unavailable, "the TLS handshake with " + name + " failed: " + reason);
      }
      WL_CO_TRY_VOID(co_await flush());
      if (done == 1) co_return Result<>();
      if (!WL_CO_TRY(co_await fill())) {
        co_return fail(ErrorKind::unavailable, name + " closed the connection during the TLS handshake");
      }
    }
  }

  rt::Task<std::size_t> read_some(std::span<char> into) override {
    for (;;) {
      if (closed_) co_return fail(ErrorKind::cancelled, "the connection was closed");
      ::ERR_clear_error();
      const int count = ::SSL_read(ssl_.get(), into.data(), static_cast<int>(std::min(into.size(), kReadSize)));
      if (count > 0) co_return static_cast<std::size_t>(count);
      const int why = ::SSL_get_error(ssl_.get(), count);
      if (why == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        // A server that does not want our certificate says so here, with TLS 1.3.
        co_return fail(ErrorKind::unavailable, "the TLS connection failed: " + last_reason());
      }
      WL_CO_TRY_VOID(co_await flush());
      // The end without TLS's own end: above it, HTTP knows whether something is missing.
      if (!WL_CO_TRY(co_await fill())) co_return std::size_t{0};
    }
  }

  rt::Task<> write_all(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (closed_) co_return fail(ErrorKind::cancelled, "the connection was closed");
      ::ERR_clear_error();
      const int count = ::SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min(bytes.size(), kReadSize)));
      if (count <= 0) co_return fail(ErrorKind::unavailable, "the TLS connection failed: " + last_reason());
      bytes.remove_prefix(static_cast<std::size_t>(count));
      WL_CO_TRY_VOID(co_await flush());
    }
    co_return Result<>();
  }

  rt::Task<bool> wait_readable() override {
    if (::SSL_pending(ssl_.get()) > 0) co_return true;
    co_return co_await inner_->wait_readable();
  }
  [[nodiscard]] bool is_quiet() const override {
    return !closed_ && ::SSL_pending(ssl_.get()) == 0 && BIO_pending(in_) == 0 && inner_->is_quiet();
  }
  void close() override {
    closed_ = true;
    inner_->close();
    written_.notify();
  }
  [[nodiscard]] bool is_tls() const override { return true; }
  [[nodiscard]] std::string peer() const override { return inner_->peer(); }

 private:
  /// Writes what OpenSSL has to say. One at a time: who comes second waits for the first.
  rt::Task<> flush() {
    while (writing_ && !closed_) (void)co_await written_.wait(rt::Timers::Moment::max());
    writing_ = true;
    Result<> done;
    while (done && !closed_ && BIO_pending(out_) > 0) {
      std::string bytes(static_cast<std::size_t>(BIO_pending(out_)), '\0');
      const int count = ::BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
      if (count <= 0) break;
      bytes.resize(static_cast<std::size_t>(count));
      done = co_await inner_->write_all(bytes);
    }
    writing_ = false;
    written_.notify_one();
    if (done && closed_) co_return fail(ErrorKind::cancelled, "the connection was closed");
    co_return done;
  }
  /// False: the other end is gone.
  rt::Task<bool> fill() {
    std::array<char, kReadSize> bytes;
    const auto count = WL_CO_TRY(co_await inner_->read_some(bytes));
    if (count == 0) co_return false;
    ::BIO_write(in_, bytes.data(), static_cast<int>(count));
    co_return true;
  }

  std::unique_ptr<ByteStream> inner_;
  SslPtr ssl_;
  BIO* in_ = nullptr;   ///< from the network; of ssl_
  BIO* out_ = nullptr;  ///< to the network; of ssl_
  rt::Signal written_;
  bool writing_ = false;
  bool closed_ = false;
};

class Context final : public TlsClientContext {
 public:
  Context(ContextPtr context, bool verify) : context_(std::move(context)), verify_(verify) {}

  rt::Task<std::unique_ptr<ByteStream>> connect(boost::asio::io_context& io, rt::Timers& timers,
                                                std::unique_ptr<ByteStream> inner, std::string server_name,
                                                rt::Timers::Moment deadline) override {
    SslPtr ssl(::SSL_new(context_.get()));
    if (!ssl) co_return fail(ErrorKind::exhausted, "no memory for a TLS connection");
    const bool is_address = parse_ip(server_name).has_value();
    if (!is_address) SSL_set_tlsext_host_name(ssl.get(), server_name.c_str());
    if (verify_) {
      auto* wanted = ::SSL_get0_param(ssl.get());
      ::X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      const int set = is_address ? ::X509_VERIFY_PARAM_set1_ip_asc(wanted, server_name.c_str())
                                 : ::X509_VERIFY_PARAM_set1_host(wanted, server_name.data(), server_name.size());
      if (set != 1) co_return fail(ErrorKind::invalid, "no certificate can be for the name " + server_name);
    }
    auto stream = std::make_unique<TlsClientStream>(io, timers, std::move(inner), std::move(ssl));
    const rt::Deadline limit(timers, deadline, [raw = stream.get()] { raw->close(); });
    auto done = co_await stream->shake_hands(server_name);
    if (limit.is_over()) co_return fail(ErrorKind::timeout, "the TLS handshake with " + server_name + " took too long");
    if (!done) co_return fail(std::move(done).error());
    co_return stream;
  }

 private:
  ContextPtr context_;
  bool verify_;
};

Result<> trust(SSL_CTX* context, const std::string& authorities) {
  if (authorities.empty()) {
    ::SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  auto* store = ::SSL_CTX_get_cert_store(context);
  auto bio = bio_of(authorities);
  std::size_t count = 0;
  while (const X509Ptr certificate{::PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr)}) {
    ::X509_STORE_add_cert(store, certificate.get());
    ++count;
  }
  ::ERR_clear_error();
  if (count == 0) return fail(ErrorKind::invalid, "the certificate of the authority is no PEM certificate");
  return {};
}

Result<> identify(SSL_CTX* context, const TlsClientOptions& options) {
  if (options.certificate.empty() != options.key.empty()) {
    return fail(ErrorKind::invalid, options.key.empty() ? "the client's certificate has no key with it"
                                                        : "the client's key has no certificate with it");
  }
  if (options.certificate.empty()) return {};
  auto chain = bio_of(options.certificate);
  const X509Ptr own(::PEM_read_bio_X509_AUX(chain.get(), nullptr, no_pass_phrase, nullptr));
  if (!own || ::SSL_CTX_use_certificate(context, own.get()) != 1) {
    ::ERR_clear_error();
    return fail(ErrorKind::invalid, "the client's certificate is no PEM certificate");
  }
  while (X509* above = ::PEM_read_bio_X509(chain.get(), nullptr, no_pass_phrase, nullptr)) {
    if (::SSL_CTX_add0_chain_cert(context, above) != 1) ::X509_free(above);
  }
  auto bio = bio_of(options.key);
  const KeyPtr key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  ::ERR_clear_error();
  if (!key) return fail(ErrorKind::invalid, "the client's key is no PEM key without a pass phrase");
  if (::SSL_CTX_use_PrivateKey(context, key.get()) != 1 || ::SSL_CTX_check_private_key(context) != 1) {
    ::ERR_clear_error();
    return fail(ErrorKind::invalid, "the client's certificate and key do not belong together");
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<TlsClientContext>> TlsClientContext::make(const TlsClientOptions& options) {
  ContextPtr context(::SSL_CTX_new(::TLS_client_method()));
  if (!context) return fail(ErrorKind::exhausted, "no memory for TLS");
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  ::SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof kProtocols - 1);
  ::SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (options.verify) WL_CHECK_OK(trust(context.get(), options.authorities));
  WL_CHECK_OK(identify(context.get(), options));
  return std::make_shared<Context>(std::move(context), options.verify);
}

Result<CertificateSubject> certificate_subject(const std::string& pem) {
  auto bio = bio_of(pem);
  const X509Ptr certificate(::PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr));
  ::ERR_clear_error();
  if (!certificate) return fail(ErrorKind::invalid, "it is no PEM certificate");
  const auto* name = ::X509_get_subject_name(certificate.get());
  CertificateSubject out;
  for (int i = 0; i < ::X509_NAME_entry_count(name); ++i) {
    const auto* entry = ::X509_NAME_get_entry(name, i);
    unsigned char* text = nullptr;
    const int size = ::ASN1_STRING_to_UTF8(&text, ::X509_NAME_ENTRY_get_data(entry));
    if (size < 0) continue;
    std::string value(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    ::OPENSSL_free(text);
    const int kind = ::OBJ_obj2nid(::X509_NAME_ENTRY_get_object(entry));
    if (kind == NID_commonName) out.common_name = std::move(value);
    if (kind == NID_organizationName) out.organizations.push_back(std::move(value));
  }
  return out;
}

}  // namespace windlass::net
