// Sending a mail by SMTP, with TLS, STARTTLS and login as the server offers them; libcurl speaks.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "steps/effect.h"
#include "steps/mail_message.h"

namespace windlass::steps {

struct MailServer {
  std::string host;  ///< empty: no mail can be sent from here
  int port = 25;
  bool use_tls = false;  ///< from the first byte on; else STARTTLS where the server offers it
  bool requires_starttls = false;
  std::string user, password;
  MailAddress from;
  std::string reply_to;        ///< where the mail names nobody
  std::string default_suffix;  ///< "@example.com": what a recipient without a domain gets
};

/// From EMAIL_SMTP_HOST, EMAIL_SMTP_PORT, EMAIL_USE_SSL, EMAIL_USE_STARTTLS, EMAIL_SMTP_USER, EMAIL_SMTP_PASSWORD,
/// EMAIL_FROM_ADDR, EMAIL_FROM_NAME and EMAIL_FROM_PASS.
MailServer mail_server(const Place& place);
/// From the server's configuration: {host, port, ssl, starttls, user, password, from, fromName, replyTo, suffix}; a
/// place that names a host of its own gets nothing of it, no password above all.
MailServer mail_server(const Place& place, const data::Value& configured);

/// Delivered to the server for all recipients, or an error and for none. Errors: those of the transfer,
/// unauthenticated.
Result<void> send_mail(const MailServer& server, const MailMessage& message, const std::function<bool()>& cancelled);

}  // namespace windlass::steps
