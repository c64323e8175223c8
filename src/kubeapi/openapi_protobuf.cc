#include "kubeapi/openapi_protobuf.h"

#include <bit>
#include <cstdint>

#include "data/json.h"

namespace windlass::kubeapi {

using data::Value;

namespace {

/// The bytes of one message as it grows.
class Message {
 public:
  Message& text(std::uint32_t field, std::string_view value) {
    number(field << 3 | 2);
    number(value.size());
    bytes_.append(value);
    return *this;
  }
  Message& text_of(std::uint32_t field, const Value& from, std::string_view member) {
    if (const Value* value = from.find(member); value != nullptr && value->is_string()) text(field, value->text());
    return *this;
  }
  Message& message(std::uint32_t field, const Message& value) { return text(field, value.bytes_); }
  Message& boolean(std::uint32_t field, bool value) {
    number(field << 3);
    number(value ? 1 : 0);
    return *this;
  }
  Message& integer_of(std::uint32_t field, const Value& from, std::string_view member) {
    if (const Value* value = from.find(member); value != nullptr && value->is_int()) {
      number(field << 3);
      number(static_cast<std::uint64_t>(value->as_int()));
    }
    return *this;
  }
  Message& real_of(std::uint32_t field, const Value& from, std::string_view member) {
    const Value* value = from.find(member);
    if (value == nullptr || !value->is_number()) return *this;
    number(field << 3 | 1);
    auto bits = std::bit_cast<std::uint64_t>(value->as_double());
    for (int i = 0; i < 8; ++i, bits >>= 8) bytes_ += static_cast<char>(bits & 255);
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  void number(std::uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

/// Any: its YAML, of which JSON is a part.
Message any(const Value& value) {
  Message out;
  out.text(2, data::format_json(value) + "\n");
  return out;
}

Message named(std::string_view name, const Message& value) {
  Message out;
  out.text(1, name).message(2, value);
  return out;
}

void extensions(Message& out, std::uint32_t field, const Value& from) {
  for (const auto& entry : from.members()) {
    if (entry.key.starts_with("x-")) out.message(field, named(entry.key, any(entry.value)));
  }
}

Message schema(const Value& from) {
  Message out;
  out.text_of(1, from, "$ref").text_of(2, from, "format").text_of(3, from, "title").text_of(4, from, "description");
  if (const Value* value = from.find("default")) out.message(5, any(*value));
  out.real_of(7, from, "maximum").real_of(9, from, "minimum");
  out.integer_of(11, from, "maxLength").integer_of(12, from, "minLength").text_of(13, from, "pattern");
  out.integer_of(14, from, "maxItems").integer_of(15, from, "minItems");
  if (const Value* required = from.find("required")) {
    for (const auto& one : required->items()) out.text(19, one.text());
  }
  if (const Value* choices = from.find("enum")) {
    for (const auto& one : choices->items()) out.message(20, any(one));
  }
  if (const Value* more = from.find("additionalProperties")) {
    Message item;
    if (more->is_bool()) {
      item.boolean(2, more->as_bool());
    } else {
      item.message(1, schema(*more));
    }
    out.message(21, item);
  }
  if (const Value* type = from.find("type")) out.message(22, Message().text(1, type->text()));
  if (const Value* items = from.find("items")) out.message(23, Message().message(1, schema(*items)));
  if (const Value* all = from.find("allOf")) {
    for (const auto& one : all->items()) out.message(24, schema(one));
  }
  if (const Value* properties = from.find("properties")) {
    Message list;
    for (const auto& entry : properties->members()) list.message(1, named(entry.key, schema(entry.value)));
    out.message(25, list);
  }
  extensions(out, 31, from);
  return out;
}

Message operation(const Value& from) {
  Message out;
  if (const Value* parameters = from.find("parameters")) {
    for (const auto& one : parameters->items()) {
      Message query;
      query.text_of(2, one, "in").text_of(4, one, "name").text(6, "string");
      // Parameter → NonBodyParameter → QueryParameterSubSchema, each one of several.
      out.message(8, Message().message(1, Message().message(2, Message().message(3, query))));
    }
  }
  Message responses;
  if (const Value* all = from.find("responses")) {
    for (const auto& entry : all->members()) {
      Message response;
      response.text_of(1, entry.value, "description");
      responses.message(1, named(entry.key, Message().message(1, response)));
    }
  }
  out.message(9, responses);
  extensions(out, 13, from);
  return out;
}

Message path_item(const Value& from) {
  Message out;
  for (const auto& [method, field] :
       {std::pair<const char*, std::uint32_t>{"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}}) {
    if (const Value* action = from.find(method)) out.message(field, operation(*action));
  }
  return out;
}

}  // namespace

std::string openapi_v2_protobuf(const Value& document) {
  Message out;
  out.text_of(1, document, "swagger");
  if (const Value* info = document.find("info")) {
    out.message(2, Message().text_of(1, *info, "title").text_of(2, *info, "version"));
  }
  Message paths, definitions;
  if (const Value* all = document.find("paths")) {
    for (const auto& entry : all->members()) paths.message(2, named(entry.key, path_item(entry.value)));
  }
  if (const Value* all = document.find("definitions")) {
    for (const auto& entry : all->members()) definitions.message(1, named(entry.key, schema(entry.value)));
  }
  out.message(8, paths).message(9, definitions);
  return out.take();
}

}  // namespace windlass::kubeapi
