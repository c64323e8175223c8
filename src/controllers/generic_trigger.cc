#include "controllers/generic_trigger.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "controllers/names.h"
#include "data/json.h"
#include "data/json_path.h"
#include "data/xml.h"
#include "data/xml_path.h"
#include "objects/metadata.h"
#include "text/digest.h"
#include "text/regex.h"
#include "text/utf.h"

namespace windlass::controllers {

using data::Value;

namespace {

constexpr std::size_t kMostText = 64u * 1024;
constexpr std::size_t kMostVariables = 500;  ///< of one request

const Value* webhook_of(const Value& pipeline) {
  const Value* at = pipeline.find("spec");
  for (const auto key : {"pipeline", "generic_webhook"}) at = at == nullptr ? nullptr : at->find(key);
  return at != nullptr && at->get_bool("enable") && !at->get_string("token").empty() ? at : nullptr;
}

std::string digest_of(const std::string& token) { return text::digest("SHA-256", token).value_or(""); }

/// As the plugin names a header's variable: small letters, `_` for `-`.
std::string variable_name(std::string name) {
  for (auto& c : name) c = c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

/// Without what matches `filter`; the text as it is where that is no expression or takes too long.
std::string filtered(const std::string& value, const std::string& filter) {
  if (filter.empty()) return value;
  const auto regex = text::Regex::compile(filter);
  if (!regex) return value;
  const auto wide = text::utf8_to_utf16(value);
  auto out = text::replace_all(*regex, text::Subject(wide), u"");
  return out ? text::utf16_to_utf8(*out) : value;
}

bool finds(const std::string& expression, const std::string& value) {
  const auto regex = text::Regex::compile(expression);
  if (!regex) return false;
  const auto wide = text::utf8_to_utf16(value);
  const auto match = regex->match(text::Subject(wide));
  return match && *match;
}

/// A value and, under `name_0`, `name_key`, all that is in it, as the plugin flattens it.
void put(const std::string& name, const Value& value, const std::string& filter,
         std::map<std::string, std::string>& out) {
  if (out.size() >= kMostVariables) return;
  if (value.is_null()) {
    out[name] = "";
  } else if (value.is_list() || value.is_map()) {
    auto text = data::format_json(value);
    out[name] = text.size() > kMostText ? std::string() : filtered(text, filter);
    std::size_t at = 0;
    for (const auto& one : value.is_list() ? value.items() : Value::List{}) {
      put(name + "_" + std::to_string(at++), one, filter, out);
    }
    for (const auto& entry : value.is_map() ? value.members() : data::Map{}) {
      put(name + "_" + entry.key, entry.value, filter, out);
    }
  } else {
    const auto text = value.is_string() ? value.text() : data::format_json(value);
    out[name] = filtered(text.substr(0, kMostText), filter);
  }
}

bool is_leaf(const data::XmlNode& node) {
  return !node.is_text() && node.children.size() == 1 && node.children.front().is_text();
}

std::string plain_name(std::string name) {
  for (auto& c : name) {
    if (c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r') c = '_';
  }
  return name;
}

/// The plugin numbers by places among all children, the blanks between them included.
void put_element(const std::string& name, const data::XmlNode& node, std::size_t place, bool alone,
                 const std::string& filter, std::map<std::string, std::string>& out) {
  if (out.size() >= kMostVariables) return;
  if (is_leaf(node)) {
    out[plain_name(name)] = filtered(node.content().substr(0, kMostText), filter);
    return;
  }
  const auto below = (alone ? name : name + "_" + std::to_string(place)) + "_";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const auto& child = node.children[i];
    if (!child.is_text()) put_element(below + child.name, child, i / 2, false, filter, out);
  }
}

/// What an XPath finds in a body of XML: the first match as a text, and all that is in the matches.
void take_xml(const std::string& key, const Value& wanted, const std::optional<data::XmlNode>& document,
              std::map<std::string, std::string>& out) {
  if (!document) return;
  const auto found = data::find_xml_path(*document, wanted.get_string("expression"));
  if (!found || found->empty()) return;
  const auto filter = wanted.get_string("regexp_filter");
  const auto& [first, attribute] = found->front();
  auto text = attribute != nullptr ? attribute->value
              : first->is_text()   ? first->text
                                   : data::format_xml(*first, {.header = false});
  if (!text.empty()) out[key] = text.substr(0, kMostText);
  for (std::size_t i = 0; i < found->size(); ++i) {
    const auto& match = (*found)[i];
    if (match.attribute != nullptr) {
      out[plain_name(key)] = filtered(match.attribute->value.substr(0, kMostText), filter);
    } else if (!match.node->is_text()) {
      put_element(key, *match.node, i, found->size() == 1, filter, out);
    }
  }
}

/// `post_variables`: what a JSONPath or an XPath finds in the body. One that is no path has its default.
void take_body(const Value& webhook, const TriggerRequest& request, std::map<std::string, std::string>& out) {
  const auto& body = request.body;
  const auto* wanted = webhook.find("post_variables");
  std::optional<data::XmlNode> document;
  bool is_parsed = false;
  for (const auto& one : wanted == nullptr ? Value::List{} : wanted->items()) {
    const auto key = one.get_string("key");
    if (key.empty()) continue;
    out[key] = one.get_string("default_value");
    if (const auto type = one.get_string("expression_type"); type == "XPath") {
      if (!std::exchange(is_parsed, true)) {
        auto parsed = data::parse_xml(request.text, {.max_depth = 200, .max_nodes = 100'000, .keep_blanks = true});
        if (parsed) document = std::move(*parsed);
      }
      take_xml(key, one, document, out);
      continue;
    } else if (!type.empty() && type != "JSONPath") {
      continue;
    }
    if (body.is_null()) continue;
    const auto found = data::find_json_path(body, one.get_string("expression"));
    if (!found || found->values.empty()) continue;
    if (!found->several) {
      put(key, *found->values.front(), one.get_string("regexp_filter"), out);
      continue;
    }
    auto list = Value::list();
    for (const auto* match : found->values) list.push(*match);
    put(key, list, one.get_string("regexp_filter"), out);
  }
}

/// `$name` and `${name}`; the longest name first, as the plugin does.
std::string expanded(std::string text, const std::map<std::string, std::string>& variables) {
  std::vector<std::string> names;
  for (const auto& [name, value] : variables) names.push_back(name);
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < kMostText;) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    const bool braces = at + 1 < text.size() && text[at + 1] == '{';
    const auto rest = std::string_view(text).substr(at + (braces ? 2 : 1));
    const auto known = std::find_if(names.begin(), names.end(), [&](const auto& name) {
      return rest.starts_with(name) && (!braces || rest.substr(name.size()).starts_with('}'));
    });
    if (known == names.end()) {
      out += text[at++];
      continue;
    }
    out += variables.at(*known);
    at += known->size() + (braces ? 3 : 1);
  }
  return out;
}

}  // namespace

Value active_webhook(const Value& pipeline, const runs::JobProperties& properties) {
  if (objects::is_being_deleted(pipeline)) return {};
  if (const auto* webhook = webhook_of(pipeline)) return *webhook;
  return properties.webhook;
}

TriggerOutcome try_trigger(const Value& webhook, const TriggerRequest& request) {
  TriggerOutcome out;
  take_body(webhook, request, out.variables);
  const auto take = [&](std::string_view list, const auto& given, bool is_header) {
    const auto* wanted = webhook.find(list);
    for (const auto& one : wanted == nullptr ? Value::List{} : wanted->items()) {
      const auto key = one.get_string("key");
      if (key.empty()) continue;
      const auto name = is_header ? variable_name(key) : key;
      std::size_t count = 0;
      for (const auto& [field, value] : given) {
        if (is_header ? variable_name(field) != name : field != key) continue;
        auto text = filtered(value.substr(0, kMostText), one.get_string("regexp_filter"));
        if (count == 0) out.variables[name] = text;
        out.variables[name + "_" + std::to_string(count++)] = std::move(text);
      }
    }
  };
  take("request_variables", request.query, false);
  take("header_variables", request.headers, true);
  out.expression = webhook.get_string("filter_expression");
  out.text = expanded(webhook.get_string("filter_text"), out.variables);
  out.cause = expanded(webhook.get_string("cause", "Generic Cause"), out.variables);
  if (out.cause.empty()) out.cause = "Generic Cause";
  for (auto& c : out.cause) c = static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  out.triggered = out.expression.empty() || finds(out.expression, out.text);
  return out;
}

rt::Task<Requeue> TriggerIndex::reconcile(Key key) {
  const auto found =
      co_await store_.look(*objects::find_resource(names::kGroup, "v1alpha3", "pipelines"), key.namespace_, key.name);
  if (!found && found.error().code != 404) co_return fail(objects::to_error(found.error()));
  const auto token = found ? webhook_of(key, *found).get_string("token") : std::string();
  const auto digest = token.empty() ? std::string() : digest_of(token);
  if (const auto before = digests_.find(key); before != digests_.end()) {
    if (before->second == digest) co_return Requeue{};
    auto& keys = by_digest_[before->second];
    keys.erase(key);
    if (keys.empty()) by_digest_.erase(before->second);
    digests_.erase(before);
  }
  if (!digest.empty()) {
    digests_[key] = digest;
    by_digest_[digest].insert(key);
  }
  co_return Requeue{};
}

Value TriggerIndex::webhook_of(const Key& key, const Value& pipeline) const {
  return active_webhook(pipeline, facts_.of(key));
}

std::vector<Key> TriggerIndex::with_token(const std::string& token) const {
  const auto found = token.empty() ? by_digest_.end() : by_digest_.find(digest_of(token));
  return found == by_digest_.end() ? std::vector<Key>() : std::vector<Key>(found->second.begin(), found->second.end());
}

}  // namespace windlass::controllers
