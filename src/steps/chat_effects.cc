// chat: messages to Slack, Teams, Discord, Telegram and HipChat. Kind once: a message whose sending a crash hid is not
// sent again. What installations configure globally comes from the environment (docs/steps.md).
//
// Invariant: no text leaves with a secret of the run in it; tokens are masked before the first request.
#include <algorithm>

#include "data/json.h"
#include "steps/families.h"
#include "steps/http_service.h"
#include "steps/place_files.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

/// What a service's function gives: null where nothing came back that a script could use.
using Sent = std::expected<Value, StepError>;

struct Chat {
  EffectContext& context;
  const Value& arguments;

  [[nodiscard]] std::string text(std::string_view name) const { return text_of(arguments, name); }
  [[nodiscard]] std::string shown(std::string_view name) const { return context.run.masked(text(name)); }
  /// The step's parameter, else the installation's setting.
  [[nodiscard]] std::string setting(std::string_view parameter, std::string_view variable) const {
    auto given = text(parameter);
    return given.empty() ? environment_variable(context.place, variable) : given;
  }
};

/// All texts of a document without secrets; keys stay.
Value without_secrets(const Chat& chat, const Value& value, int depth = 0) {
  constexpr int kMostDepth = 64;
  if (value.is_string()) return chat.context.run.masked(value.text());
  if (depth >= kMostDepth) return {};
  if (value.is_list()) {
    auto out = Value::list();
    for (const auto& item : value.items()) out.push(without_secrets(chat, item, depth + 1));
    return out;
  }
  if (value.has_members()) {
    auto out = Value::map();
    for (const auto& [key, member] : value.members()) out.set(key, without_secrets(chat, member, depth + 1));
    return out;
  }
  return value;
}

Sent not_sent(const Chat& chat, std::string_view service, std::string_view missing) {
  auto message = chat.shown("message");
  if (message.empty()) message = chat.shown("title") + " " + chat.shown("description");
  log_line(chat.context, std::string(service) + " is not configured here (" + std::string(missing) +
                             "); this message is not sent: " + message);
  if (flag_of(chat.arguments, "failOnError")) return abort_with(std::string(service) + " notification failed.");
  return Value();
}

Sent failed(const Chat& chat, std::string_view service, std::string_view why) {
  log_line(chat.context, "ERROR: " + std::string(service) + " notification failed: " + std::string(why));
  if (flag_of(chat.arguments, "failOnError")) return abort_with(std::string(service) + " notification failed.");
  return Value();
}

/// One POST of a document to a webhook; any 2xx is success.
Sent post(const Chat& chat, std::string_view service, const std::string& url, const Value& document) {
  auto answer = call_json(chat.context, "POST", url, {}, &document);
  if (!answer) return failed(chat, service, answer.error().message);
  if (!answer->is_success()) {
    return failed(chat, service, "the answer was " + std::to_string(answer->status) + " " + answer->text);
  }
  return std::move(answer->body);
}

// ---- Slack
// -----------------------------------------------------------------------------------------------------------

struct SlackTarget {
  std::string channel, thread;
};

/// "#a, #b:1503435956.000247": a thread may follow the channel.
std::vector<SlackTarget> slack_targets(const std::string& text) {
  std::vector<SlackTarget> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(",; ", at), text.size());
    const auto piece = text.substr(at, end - at);
    if (!piece.empty()) {
      const auto colon = piece.find(':');
      out.push_back({piece.substr(0, colon), colon == std::string::npos ? "" : piece.substr(colon + 1)});
    }
    at = end + 1;
  }
  if (out.empty()) out.emplace_back();
  return out;
}

/// `attachments` and `blocks` may be data or JSON text.
std::expected<Value, StepError> json_argument(const Chat& chat, std::string_view name) {
  const auto* given = chat.arguments.find(name);
  if (given == nullptr || given->is_null()) return Value();
  if (!given->is_string()) return *given;
  auto parsed = data::parse_json(given->text());
  if (!parsed) return abort_with(std::string(name) + " is not JSON: " + parsed.error().message);
  return std::move(*parsed);
}

std::expected<Value, StepError> slack_document(const Chat& chat) {
  auto attachments = json_argument(chat, "attachments");
  if (!attachments) return attachments;
  auto blocks = json_argument(chat, "blocks");
  if (!blocks) return blocks;
  const auto message = chat.text("message");
  auto out = Value::map();
  if (blocks->is_list()) {
    out.set("blocks", std::move(*blocks));
    if (!message.empty()) out.set("text", message);
  } else if (attachments->is_list()) {
    for (auto& one : attachments->mutable_items()) {
      if (one.has_members() && one.find("fallback") == nullptr) one.set("fallback", message);
    }
    if (!message.empty()) out.set("text", message);
    out.set("attachments", std::move(*attachments));
  } else if (flag_of(chat.arguments, "sendAsText")) {
    out.set("text", message);
  } else {
    out.set("attachments",
            Value::list_of(Value::map_of("fallback", message, "text", message, "color", chat.text("color"), "mrkdwn_in",
                                         Value::list_of("pretext", "text", "fields"))));
  }
  if (const auto emoji = chat.text("iconEmoji"); !emoji.empty()) out.set("icon_emoji", emoji);
  if (const auto name = chat.text("username"); !name.empty()) out.set("username", name);
  out.set("link_names", true);
  return without_secrets(chat, out);
}

std::string or_empty(const std::string& text) { return text.empty() ? "<empty>" : text; }

Sent slack(const Chat& chat) {
  const auto& arguments = chat.arguments;
  const auto base = chat.setting("baseUrl", "SLACK_BASE_URL");
  const auto team = chat.setting("teamDomain", "SLACK_TEAM_DOMAIN");
  const auto channel = chat.setting("channel", "SLACK_CHANNEL");
  const auto credential = chat.setting("tokenCredentialId", "SLACK_TOKEN_CREDENTIAL_ID");
  const bool is_bot = flag_of(arguments, "botUser") || environment_variable(chat.context.place, "SLACK_BOT") == "true";
  log_line(chat.context, "Slack Send Pipeline step running, values are - baseUrl: " + or_empty(base) +
                             ", teamDomain: " + or_empty(team) + ", channel: " + or_empty(channel) +
                             ", color: " + or_empty(chat.text("color")) + ", botUser: " + (is_bot ? "true" : "false") +
                             ", tokenCredentialId: " + or_empty(credential) +
                             ", notifyCommitters: " + (flag_of(arguments, "notifyCommitters") ? "true" : "false") +
                             ", iconEmoji: " + or_empty(chat.text("iconEmoji")) + ", username: " +
                             or_empty(chat.text("username")) + ", timestamp: " + or_empty(chat.text("timestamp")));
  auto token = chat.setting("token", "SLACK_TOKEN");
  if (!credential.empty()) {
    auto secret = secret_of(chat.context, credential);
    if (!secret) return failed(chat, "Slack", secret.error().message);
    token = *secret;
  }
  if (!token.empty()) chat.context.run.mask(token);
  if (token.empty() && base.empty()) return not_sent(chat, "Slack", "no token and no baseUrl");
  auto document = slack_document(chat);
  if (!document) return failed(chat, "Slack", document.error().message);
  const bool by_webhook = !is_bot || !base.empty();
  if (by_webhook && base.empty() && team.empty()) return not_sent(chat, "Slack", "neither baseUrl nor teamDomain");

  auto last = Value();
  for (const auto& target : slack_targets(channel)) {
    auto message = *document;
    message.set("channel", target.channel);
    if (by_webhook) {
      std::string url = base;
      if (url.empty()) {
        url = "https://" + team + ".slack.com/services/hooks/jenkins-ci?token=" + text::encode_uri_component(token);
      } else {
        url += (url.ends_with('/') ? "" : "/") + token;
        while (url.ends_with('/')) url.pop_back();
      }
      auto answer = call_json(chat.context, "POST", url, {}, &message);
      if (!answer) return failed(chat, "Slack", answer.error().message);
      if (!answer->is_success()) {
        return failed(chat, "Slack", "the answer was " + std::to_string(answer->status) + " " + answer->text);
      }
      last = Value::map();
      continue;
    }
    auto api = environment_variable(chat.context.place, "SLACK_API_URL");
    if (api.empty()) api = "https://slack.com/api";
    const auto timestamp = chat.text("timestamp");
    if (!timestamp.empty()) message.set("ts", timestamp);
    if (!target.thread.empty()) {
      message.set("thread_ts", target.thread);
      if (flag_of(arguments, "replyBroadcast")) message.set("reply_broadcast", true);
    }
    auto answer = call_json(chat.context, "POST", api + (timestamp.empty() ? "/chat.postMessage" : "/chat.update"),
                            {{"Authorization", "Bearer " + token}}, &message);
    if (!answer) return failed(chat, "Slack", answer.error().message);
    if (!answer->is_success() || !answer->body.get_bool("ok")) {
      return failed(chat, "Slack", "the answer was " + std::to_string(answer->status) + " " + answer->text);
    }
    const auto id = answer->body.get_string("channel");
    const auto time = answer->body.get_string("ts");
    const auto thread = target.thread.empty() ? time : target.thread;
    last = Value::map_of("channelId", id, "ts", time, "threadId", id + ":" + thread);
  }
  return last;
}

// ---- others
// ----------------------------------------------------------------------------------------------------------

std::string teams_color(const Chat& chat) {
  auto color = chat.text("color");
  if (!color.empty()) return color.starts_with('#') ? color.substr(1) : color;
  const auto status = chat.text("status");
  if (status == "SUCCESS" || status == "Success") return "00FF00";
  if (status == "FAILURE" || status == "Failed") return "FF0000";
  return "3479BF";
}

Sent teams(const Chat& chat) {
  const auto url = chat.setting("webhookUrl", "TEAMS_WEBHOOK_URL");
  if (url.empty()) return not_sent(chat, "Teams", "no webhookUrl");
  chat.context.run.mask(url);
  auto facts = Value::list();
  if (const auto status = chat.text("status"); !status.empty()) {
    facts.push(Value::map_of("name", "Status", "value", status));
  }
  if (const auto* given = chat.arguments.find("factDefinitions")) {
    for (const auto& fact : given->items()) {
      facts.push(Value::map_of("name", text_of(fact, "name"), "value", text_of(fact, "template")));
    }
  }
  const auto title = chat.context.run.fact("job") + " " + chat.context.run.fact("display_name");
  const auto message = chat.text("message");
  if (flag_of(chat.arguments, "adaptiveCards")) {
    auto body = Value::list_of(Value::map_of("type", "TextBlock", "text", title, "weight", "bolder", "wrap", true),
                               Value::map_of("type", "TextBlock", "text", message, "wrap", true));
    auto set = Value::list();
    for (const auto& fact : facts.items()) {
      set.push(Value::map_of("title", fact.get_string("name"), "value", fact.get_string("value")));
    }
    if (set.size() > 0) body.push(Value::map_of("type", "FactSet", "facts", std::move(set)));
    auto card = Value::map_of("type", "AdaptiveCard", "$schema", "http://adaptivecards.io/schemas/adaptive-card.json",
                              "version", "1.4", "body", std::move(body));
    auto attachment =
        Value::map_of("contentType", "application/vnd.microsoft.card.adaptive", "content", std::move(card));
    return post(chat, "Teams", url,
                without_secrets(chat, Value::map_of("type", "message", "attachments", Value::list_of(attachment))));
  }
  auto section = Value::map_of("activityTitle", title, "text", message, "facts", std::move(facts));
  return post(chat, "Teams", url,
              without_secrets(chat, Value::map_of("@type", "MessageCard", "@context", "https://schema.org/extensions",
                                                  "summary", title, "themeColor", teams_color(chat), "sections",
                                                  Value::list_of(std::move(section)))));
}

std::int64_t discord_color(const Chat& chat) {
  const auto result = chat.text("result");
  if (result == "SUCCESS") return 0x2ECC71;
  if (result == "UNSTABLE") return 0xF1C40F;
  if (result == "FAILURE") return 0xE74C3C;
  if (result == "ABORTED") return 0x95A5A6;
  const auto* successful = chat.arguments.find("successful");
  if (successful == nullptr || !successful->is_bool()) return 0x95A5A6;
  return successful->as_bool() ? 0x2ECC71 : 0xE74C3C;
}

Sent discord(const Chat& chat) {
  const auto url = chat.setting("webhookURL", "DISCORD_WEBHOOK_URL");
  if (url.empty()) return not_sent(chat, "Discord", "no webhookURL");
  chat.context.run.mask(url);
  auto embed =
      Value::map_of("title", chat.text("title"), "description", chat.text("description"), "color", discord_color(chat));
  if (const auto link = chat.text("link"); !link.empty()) embed.set("url", link);
  if (const auto footer = chat.text("footer"); !footer.empty()) embed.set("footer", Value::map_of("text", footer));
  for (const char* picture : {"image", "thumbnail"}) {
    if (const auto address = chat.text(picture); !address.empty()) embed.set(picture, Value::map_of("url", address));
  }
  auto document = Value::map_of("embeds", Value::list_of(std::move(embed)));
  if (const auto notes = chat.text("notes"); !notes.empty()) document.set("content", notes);
  return post(chat, "Discord", url, without_secrets(chat, document));
}

Sent telegram(const Chat& chat) {
  const auto token = environment_variable(chat.context.place, "TELEGRAM_BOT_TOKEN");
  const auto recipient = chat.setting("chatId", "TELEGRAM_CHAT_ID");
  if (token.empty() || recipient.empty()) {
    return not_sent(chat, "Telegram", token.empty() ? "no TELEGRAM_BOT_TOKEN" : "no chatId");
  }
  chat.context.run.mask(token);
  auto api = environment_variable(chat.context.place, "TELEGRAM_API_URL");
  if (api.empty()) api = "https://api.telegram.org";
  return post(chat, "Telegram", api + "/bot" + token + "/sendMessage",
              without_secrets(chat, Value::map_of("chat_id", recipient, "text", chat.text("message"))));
}

Sent hipchat(const Chat& chat) {
  const auto server = chat.setting("server", "HIPCHAT_SERVER");
  const auto room = chat.setting("room", "HIPCHAT_ROOM");
  auto token = chat.setting("token", "HIPCHAT_TOKEN");
  if (const auto id = chat.text("credentialsId"); !id.empty()) {
    auto secret = secret_of(chat.context, id);
    if (!secret) return failed(chat, "HipChat", secret.error().message);
    token = *secret;
  }
  if (server.empty() || room.empty() || token.empty()) return not_sent(chat, "HipChat", "no server, room or token");
  chat.context.run.mask(token);
  auto color = text_of(chat.arguments, "color", "GRAY");
  for (char& c : color) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const auto base = server.find("://") == std::string::npos ? "https://" + server : server;
  const auto document = without_secrets(
      chat, Value::map_of("message", chat.text("message"), "color", color, "notify", flag_of(chat.arguments, "notify"),
                          "message_format", flag_of(chat.arguments, "textFormat") ? "text" : "html"));
  auto answer = call_json(chat.context, "POST", base + "/v2/room/" + text::encode_uri_component(room) + "/notification",
                          {{"Authorization", "Bearer " + token}}, &document);
  if (!answer) return failed(chat, "HipChat", answer.error().message);
  if (!answer->is_success()) return failed(chat, "HipChat", "the answer was " + std::to_string(answer->status));
  return Value();
}

struct Service {
  std::string_view name;
  Sent (*send)(const Chat&);
};
constexpr Service kServices[] = {
    {"slack", slack}, {"teams", teams}, {"discord", discord}, {"telegram", telegram}, {"hipchat", hipchat},
};

Outcome chat(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "service");
  for (const auto& service : kServices) {
    if (service.name != name) continue;
    auto sent = service.send({.context = context, .arguments = arguments});
    if (!sent) return std::unexpected(std::move(sent).error());
    return std::move(*sent);
  }
  return abort_with("there is no chat service " + name);
}

constexpr EffectDescription kEffects[] = {
    {"chat", EffectKind::once, false, chat},
};

}  // namespace

std::span<const EffectDescription> chat_effects() { return kEffects; }

}  // namespace windlass::steps
