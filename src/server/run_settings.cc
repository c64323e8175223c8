#include "server/run_settings.h"

#include <charconv>

namespace windlass::server {

using data::Value;

namespace {

using Variable = std::function<std::string(const std::string&)>;

bool is_true(const std::string& text) { return text == "true" || text == "1" || text == "yes"; }

int number(const std::string& text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(" \t\n", at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// "Name <address>", or the address alone.
void set_sender(Value& mail, const std::string& text) {
  const auto open = text.find('<');
  if (open != std::string::npos && text.ends_with('>')) {
    auto name = text.substr(0, open);
    while (name.ends_with(' ')) name.pop_back();
    mail.set("fromName", name);
    mail.set("from", text.substr(open + 1, text.size() - open - 2));
  } else if (text.find('@') != std::string::npos) {
    mail.set("from", text);
  }
}

Value mail_of(const casc::Configuration* configuration, const Variable& variable) {
  if (configuration != nullptr && configuration->mailer && !configuration->mailer->host.empty()) {
    const auto& from = *configuration->mailer;
    Value out =
        Value::map_of("host", from.host, "port", from.port, "ssl", from.ssl, "starttls", from.starttls, "user",
                      from.user, "password", from.password, "replyTo", from.reply_to, "suffix", from.default_suffix);
    set_sender(out, configuration->admin_address);
    if (out.find("from") == nullptr) {
      out.set("from", variable("EMAIL_FROM_ADDR"));
      out.set("fromName", variable("EMAIL_FROM_NAME"));
    }
    return out;
  }
  const auto host = variable("EMAIL_SMTP_HOST");
  if (host.empty()) return {};
  auto user = variable("EMAIL_SMTP_USER");
  auto password = variable("EMAIL_SMTP_PASSWORD");
  const auto from = variable("EMAIL_FROM_ADDR");
  if (password.empty()) password = variable("EMAIL_FROM_PASS");
  if (user.empty() && !password.empty()) user = from;
  return Value::map_of("host", host, "port", number(variable("EMAIL_SMTP_PORT")), "ssl",
                       is_true(variable("EMAIL_USE_SSL")), "starttls", is_true(variable("EMAIL_USE_STARTTLS")), "user",
                       user, "password", password, "from", from, "fromName", variable("EMAIL_FROM_NAME"));
}

Value sonar_of(const casc::Configuration* configuration, const Variable& variable) {
  Value out = Value::list();
  if (configuration != nullptr) {
    for (const auto& one : configuration->sonar) {
      out.push(
          Value::map_of("name", one.name, "url", one.url, "token", one.token, "credentialsId", one.credentials_id));
    }
  }
  if (out.size() != 0) return out;
  auto url = variable("SONAR_SERVER_URL");
  if (url.empty()) url = variable("SONAR_HOST_URL");
  // The name that the chart's initSonarqube.groovy gives it.
  if (!url.empty()) out.push(Value::map_of("name", "sonar", "url", url, "token", variable("SONAR_AUTH_TOKEN")));
  return out;
}

}  // namespace

runs::RunSettings run_settings(const casc::Configuration* configuration, const Variable& variable) {
  constexpr std::int64_t kSecond = 1000;
  runs::RunSettings out;
  out.services = Value::map();
  if (auto mail = mail_of(configuration, variable); !mail.is_null()) out.services.set("mail", std::move(mail));
  if (auto sonar = sonar_of(configuration, variable); sonar.size() != 0) out.services.set("sonar", std::move(sonar));
  if (configuration == nullptr) return out;
  for (const auto& one : configuration->env) out.environment[one.key] = one.value;
  for (const auto& one : configuration->tools) {
    if (!one.home.empty()) out.tools.push_back({.name = one.name, .folder = one.home, .kind = one.kind});
  }
  for (const auto& one : configuration->libraries) {
    if (one.remote.empty()) continue;
    out.libraries.push_back({.name = one.name,
                             .folder = {},
                             .implicit = one.implicit,
                             .repository = one.remote,
                             .version = {},
                             .configured = true,
                             .default_version = one.default_version,
                             .allow_override = one.allow_override,
                             .credentials_id = one.credentials_id,
                             .path = one.library_path,
                             .problem = {}});
  }
  out.labels = words_of(configuration->built_in.labels);
  out.quiet_millis = configuration->quiet_period.value_or(0) * kSecond;
  if (configuration->checkout_retries) out.services.set("checkoutRetries", *configuration->checkout_retries);
  return out;
}

}  // namespace windlass::server
