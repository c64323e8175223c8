#include "steps/mail_transport.h"

#include <charconv>

#include "steps/detail/curl_session.h"
#include "steps/http_service.h"

namespace windlass::steps {

namespace {

bool is_true(const std::string& text) { return text == "true" || text == "1" || text == "yes"; }

/// Lines end in CRLF, as SMTP wants them.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

/// Whether the text may travel as it is: ASCII in lines of at most 998 bytes.
bool is_plain(std::string_view text) {
  constexpr std::size_t kMostLine = 998;
  std::size_t line = 0;
  for (char c : text) {
    if (static_cast<unsigned char>(c) > 0x7E || c == '\0') return false;
    line = c == '\n' ? 0 : line + 1;
    if (line > kMostLine) return false;
  }
  return true;
}

curl_mimepart* add_part(detail::CurlSession& session, curl_mime* mime, const std::string& type,
                        const std::string& bytes, const char* encoding) {
  const auto& curl = session.library();
  auto* part = curl.mime_addpart(mime);
  curl.mime_data(part, bytes.data(), bytes.size());
  curl.mime_type(part, type.c_str());
  curl.mime_encoder(part, encoding);
  return part;
}

}  // namespace

MailServer mail_server(const Place& place) {
  auto setting = [&place](std::string_view name) { return environment_variable(place, name); };
  MailServer out;
  out.host = setting("EMAIL_SMTP_HOST");
  out.use_tls = is_true(setting("EMAIL_USE_SSL"));
  out.requires_starttls = is_true(setting("EMAIL_USE_STARTTLS"));
  out.port = out.use_tls ? 465 : 25;
  if (const auto port = setting("EMAIL_SMTP_PORT"); !port.empty()) {
    std::from_chars(port.data(), port.data() + port.size(), out.port);
  }
  out.from = {one_line(setting("EMAIL_FROM_NAME")), one_line(setting("EMAIL_FROM_ADDR"))};
  out.password = setting("EMAIL_SMTP_PASSWORD");
  if (out.password.empty()) out.password = setting("EMAIL_FROM_PASS");
  out.user = setting("EMAIL_SMTP_USER");
  if (out.user.empty() && !out.password.empty()) out.user = out.from.address;
  return out;
}

MailServer mail_server(const Place& place, const data::Value& configured) {
  auto out = mail_server(place);
  if (!out.host.empty() || configured.is_null()) return out;
  const auto given = std::move(out.from);
  out = MailServer();
  out.host = configured.get_string("host");
  out.use_tls = configured.get_bool("ssl");
  out.requires_starttls = configured.get_bool("starttls");
  out.port = static_cast<int>(configured.get_int("port"));
  if (out.port == 0) out.port = out.use_tls ? 465 : 25;
  out.user = configured.get_string("user");
  out.password = configured.get_string("password");
  out.from = {one_line(configured.get_string("fromName")), one_line(configured.get_string("from"))};
  if (!given.address.empty()) out.from = given;
  out.reply_to = configured.get_string("replyTo");
  out.default_suffix = one_line(configured.get_string("suffix"));
  return out;
}

Result<void> send_mail(const MailServer& server, const MailMessage& message, const std::function<bool()>& cancelled) {
  auto session = WL_TRY(detail::CurlSession::open());
  const auto& curl = session->library();
  const auto url = std::string(server.use_tls ? "smtps" : "smtp") + "://" + server.host + ":" +
                   std::to_string(server.port) + "/windlass";
  session->set(CURLOPT_URL, url.c_str());
  session->set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  if (!server.use_tls) {
    session->set(CURLOPT_USE_SSL, static_cast<long>(server.requires_starttls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  }
  if (!server.user.empty()) {
    session->set(CURLOPT_USERNAME, server.user.c_str());
    session->set(CURLOPT_PASSWORD, server.password.c_str());
  }
  const auto sender = "<" + message.from.address + ">";
  session->set(CURLOPT_MAIL_FROM, sender.c_str());
  std::vector<std::string> recipients;
  for (const auto* list : {&message.to, &message.cc, &message.bcc}) {
    for (const auto& one : *list) recipients.push_back("<" + one.address + ">");
  }
  session->set_list(CURLOPT_MAIL_RCPT, recipients);
  session->set_list(CURLOPT_HTTPHEADER, format_headers(message));
  auto* mime = session->make_mime();
  const auto body = with_crlf(message.body);
  add_part(*session, mime, message.content_type, body, is_plain(body) ? "7bit" : "quoted-printable");
  for (const auto& attachment : message.attachments) {
    auto* part = add_part(*session, mime, attachment.content_type, attachment.bytes, "base64");
    curl.mime_filename(part, attachment.name.c_str());
  }
  session->set(CURLOPT_MIMEPOST, mime);
  return session->perform(cancelled);
}

}  // namespace windlass::steps
