// mail: what the steps mail and emailext send. Sent by SMTP where EMAIL_SMTP_HOST is set; elsewhere the mail is shown
// in the log in one marked block, so that a pipeline can be tried without a server. Kind once.
//
// Invariant: subject, body and attached logs leave without the run's secrets (T33); header texts are one line (T44).
#include <algorithm>
#include <filesystem>

#include "files/archive.h"
#include "steps/charset.h"
#include "steps/configured.h"
#include "steps/families.h"
#include "steps/http_service.h"
#include "steps/mail_transport.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "text/date_format.h"

namespace windlass::steps {

namespace {

using data::Value;
using Prepared = std::expected<void, StepError>;

constexpr std::size_t kMostLog = 16U << 20U;
constexpr std::uint64_t kMostAttached = 32U << 20U;

/// Whom a recipient provider of emailext stands for on a single machine: the author of HEAD for everybody who has
/// "changed" something, whoever started the run for the requestor.
std::string provided_address(EffectContext& context, const std::string& provider) {
  auto author = [&context] { return context.run.fact("scm_author_email"); };
  if (provider == "requestor" || provider == "buildUser") {
    auto address = context.run.fact("user_email");
    return address.empty() ? environment_variable(context.place, "BUILD_USER_EMAIL") : address;
  }
  if (provider == "contributor") {
    auto address = environment_variable(context.place, "CHANGE_AUTHOR_EMAIL");
    return address.empty() ? author() : address;
  }
  static constexpr std::string_view kChangers[] = {"developers", "culprits", "brokenTestsSuspects",
                                                   "brokenBuildSuspects", "upstreamDevelopers"};
  if (std::find(std::begin(kChangers), std::end(kChangers), provider) != std::end(kChangers)) return author();
  return {};
}

void add_unique(std::vector<MailAddress>& list, MailAddress address) {
  for (const auto& known : list) {
    if (known.address == address.address) return;
  }
  list.push_back(std::move(address));
}

/// `suffix` is what names without a domain get: "@example.com"; empty: nothing.
std::vector<MailAddress> addresses_of(EffectContext& context, const std::string& text, const std::string& suffix = {}) {
  std::vector<std::string> refused;
  auto parsed = parse_addresses(text, refused);
  for (auto& one : parsed) {
    if (!suffix.empty() && one.address.find('@') == std::string::npos) one.address += suffix;
  }
  for (const auto& word : refused) log_line(context, "Not a mail address, left out: " + word);
  std::vector<MailAddress> out;
  for (auto& one : parsed) add_unique(out, std::move(one));
  return out;
}

void add_recipients(EffectContext& context, const Value& arguments, const MailServer& server, MailMessage& message) {
  message.to = addresses_of(context, text_of(arguments, "to"), server.default_suffix);
  message.cc = addresses_of(context, text_of(arguments, "cc"), server.default_suffix);
  message.bcc = addresses_of(context, text_of(arguments, "bcc"), server.default_suffix);
  const auto reply_to = text_of(arguments, "replyTo");
  message.reply_to = addresses_of(context, reply_to.empty() ? server.reply_to : reply_to);
  const auto* providers = arguments.find("providers");
  if (providers == nullptr) return;
  for (const auto& provider : providers->items()) {
    std::vector<std::string> refused;
    for (auto& one : parse_addresses(provided_address(context, provider.text()), refused)) {
      add_unique(message.to, std::move(one));
    }
  }
}

std::string type_by_name(const std::string& name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {{".txt", "text/plain; charset=UTF-8"},
                                                                             {".log", "text/plain; charset=UTF-8"},
                                                                             {".html", "text/html"},
                                                                             {".htm", "text/html"},
                                                                             {".csv", "text/csv"},
                                                                             {".json", "application/json"},
                                                                             {".xml", "application/xml"},
                                                                             {".pdf", "application/pdf"},
                                                                             {".png", "image/png"},
                                                                             {".jpg", "image/jpeg"},
                                                                             {".svg", "image/svg+xml"},
                                                                             {".zip", "application/zip"},
                                                                             {".gz", "application/gzip"}};
  for (const auto& [end, type] : kTypes) {
    if (name.ends_with(end)) return std::string(type);
  }
  return "application/octet-stream";
}

Prepared add_files(EffectContext& context, const std::string& glob, MailMessage& message) {
  if (glob.empty()) return {};
  if (!context.place.has_node) {
    log_line(context, "No files can be attached outside of a node: " + glob);
    return {};
  }
  auto patterns = text::AntFileSet::compile(glob, "");
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, context.place.cwd, *patterns);
  if (!found) return io_error(found.error());
  auto root = machine_root();
  if (!root) return io_error(root.error());
  std::uint64_t total = 0;
  for (const auto& file : *found) {
    total += file.size;
    if (total > kMostAttached) {
      log_line(context, "Attachments are limited to 32 MiB; left out: " + file.path);
      continue;
    }
    auto bytes = root->read(file.from, kMostAttached);
    if (!bytes) return file_error(bytes.error(), file.from);
    const auto name = file.path.substr(file.path.rfind('/') + 1);
    message.attachments.push_back({one_line(name), type_by_name(name), std::move(*bytes)});
  }
  return {};
}

/// The log so far as build.log, or as build.zip with it inside.
Prepared add_log(EffectContext& context, bool compressed, MailMessage& message) {
  auto log = context.run.log_tail(kMostLog);
  if (!compressed) {
    message.attachments.push_back({"build.log", "text/plain; charset=UTF-8", std::move(log)});
    return {};
  }
  auto folder = context.run.run_folder("mail");
  if (!folder) return io_error(folder.error());
  const auto own = *folder + "/" + effect_uuid(context, "log");
  auto made = files::Root::absolute("/");
  if (!made) return io_error(made.error());
  const auto& root = *made;
  auto pack_log = [&]() -> Result<std::string> {
    WL_CHECK_OK(root.write(own + "/log/build.log", log));
    const auto inside = WL_TRY(files::Root::confined(own));
    WL_TRY(files::pack(inside, "log", [](const std::string&, bool) { return true; }, inside, "build.zip",
                       {.format = files::ArchiveFormat::zip}));
    return root.read(own + "/build.zip");
  };
  auto packed = pack_log();
  if (auto gone = root.remove(own); !gone) return io_error(gone.error());
  if (!packed) return io_error(packed.error());
  message.attachments.push_back({"build.zip", "application/zip", std::move(*packed)});
  return {};
}

std::string date_of(std::int64_t millis) {
  auto text = text::format_simple_date("EEE, dd MMM yyyy HH:mm:ss", millis, text::TimeZone::find_or_gmt("UTC"));
  return text ? *text + " +0000" : std::string();
}

std::expected<MailMessage, StepError> compose(EffectContext& context, const Value& arguments,
                                              const MailServer& server) {
  MailMessage message;
  add_recipients(context, arguments, server, message);
  message.from = server.from;
  if (const auto from = addresses_of(context, text_of(arguments, "from")); !from.empty()) message.from = from.front();
  if (message.from.address.empty()) message.from.address = "windlass@localhost";
  message.subject = one_line(context.run.masked(text_of(arguments, "subject")));
  const auto charset = text_of(arguments, "charset", "UTF-8");
  auto body = encode_charset(context.run.masked(text_of(arguments, "body")), charset);
  if (!body) return throw_with("java.io.UnsupportedEncodingException", charset);
  message.body = std::move(*body);
  const auto type = one_line(text_of(arguments, "mimeType", "text/plain"));
  message.content_type = (type.empty() ? "text/plain" : type) + "; charset=" + one_line(charset);
  message.date = date_of(context.run.now_millis());
  message.message_id =
      effect_uuid(context, "mail") + "@" + message.from.address.substr(message.from.address.rfind('@') + 1);
  if (auto done = add_files(context, text_of(arguments, "attachments"), message); !done) {
    return std::unexpected(std::move(done).error());
  }
  if (flag_of(arguments, "attachLog") || flag_of(arguments, "compressLog")) {
    if (auto done = add_log(context, flag_of(arguments, "compressLog"), message); !done) {
      return std::unexpected(std::move(done).error());
    }
  }
  return message;
}

/// The mail as it would have gone out, for people to read.
void show(EffectContext& context, const MailMessage& message, const std::string& body) {
  std::string text = "EMAIL_SMTP_HOST is not set: this mail is shown here and not sent.\n---- mail ----\n";
  auto line = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += std::string(name) + ": " + value + "\n";
  };
  line("From", show_address(message.from));
  line("To", show_addresses(message.to));
  line("Cc", show_addresses(message.cc));
  line("Bcc", show_addresses(message.bcc));
  line("Reply-To", show_addresses(message.reply_to));
  line("Subject", message.subject);
  line("Content-Type", message.content_type);
  for (const auto& attachment : message.attachments) {
    line("Attachment", attachment.name + " (" + std::to_string(attachment.bytes.size()) + " bytes)");
  }
  text += "\n" + body;
  if (!text.ends_with('\n')) text += '\n';
  context.run.log(text + "---- end of mail ----\n");
}

Outcome mail(EffectContext& context, const Value& arguments) {
  const bool by_providers = arguments.find("providers") != nullptr;
  const auto server = mail_server(context.place, configured_service(context.run, "mail"));
  auto message = compose(context, arguments, server);
  if (!message) return std::unexpected(std::move(message).error());
  if (message->to.empty() && message->cc.empty() && message->bcc.empty()) {
    if (!by_providers) {
      return abort_with("Email not sent. No recipients of any kind specified ('to', 'cc', 'bcc').");
    }
    log_line(context, "An attempt to send an e-mail to empty list of recipients, ignored.");
    return EffectResult();
  }
  if (by_providers) {
    std::string all;
    for (const auto* list : {&message->to, &message->cc, &message->bcc}) {
      for (const auto& one : *list) all += " " + one.address;
    }
    log_line(context, "Sending email to:" + all);
  }
  if (server.host.empty()) {
    show(context, *message, context.run.masked(text_of(arguments, "body")));
    return EffectResult();
  }
  if (!server.password.empty()) context.run.mask(server.password);
  auto sent = send_mail(server, *message, [&context] { return context.run.cancelled(); });
  if (!sent) {
    return throw_with("javax.mail.MessagingException", "Could not send the mail by " + server.host + ":" +
                                                           std::to_string(server.port) + ": " + sent.error().message);
  }
  return EffectResult();
}

constexpr EffectDescription kEffects[] = {
    {"mail", EffectKind::once, false, mail},
};

}  // namespace

std::span<const EffectDescription> mail_effects() { return kEffects; }

}  // namespace windlass::steps
