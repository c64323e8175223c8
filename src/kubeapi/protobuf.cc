#include "kubeapi/protobuf.h"

#include <cstdint>
#include <span>
#include <string>

#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::kubeapi {

using data::Value;
using objects::Outcome;

namespace {

enum class Type : std::uint8_t { text, number, boolean, bytes, time, message, text_map, bytes_map };

struct Message;
struct Field {
  std::uint32_t number;
  std::string_view name;
  Type type = Type::text;
  bool repeated = false;
  const Message* message = nullptr;
};
struct Message {
  std::span<const Field> fields;
};

constexpr int kMaxDepth = 16;

constexpr Field kOwnerFields[] = {{1, "kind"},
                                  {3, "name"},
                                  {4, "uid"},
                                  {5, "apiVersion"},
                                  {6, "controller", Type::boolean},
                                  {7, "blockOwnerDeletion", Type::boolean}};
constexpr Message kOwner{kOwnerFields};
constexpr Field kMetaFields[] = {{1, "name"},
                                 {2, "generateName"},
                                 {3, "namespace"},
                                 {5, "uid"},
                                 {6, "resourceVersion"},
                                 {7, "generation", Type::number},
                                 {8, "creationTimestamp", Type::time},
                                 {9, "deletionTimestamp", Type::time},
                                 {10, "deletionGracePeriodSeconds", Type::number},
                                 {11, "labels", Type::text_map},
                                 {12, "annotations", Type::text_map},
                                 {13, "ownerReferences", Type::message, true, &kOwner},
                                 {14, "finalizers", Type::text, true}};
constexpr Message kMeta{kMetaFields};
constexpr Field kNamespaceSpecFields[] = {{1, "finalizers", Type::text, true}};
constexpr Message kNamespaceSpec{kNamespaceSpecFields};
constexpr Field kPhaseFields[] = {{1, "phase"}};
constexpr Message kPhase{kPhaseFields};
constexpr Field kNamespaceFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                      {2, "spec", Type::message, false, &kNamespaceSpec},
                                      {3, "status", Type::message, false, &kPhase}};
constexpr Field kSecretFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                   {2, "data", Type::bytes_map},
                                   {3, "type"},
                                   {4, "stringData", Type::text_map},
                                   {5, "immutable", Type::boolean}};
constexpr Field kConfigMapFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                      {2, "data", Type::text_map},
                                      {3, "binaryData", Type::bytes_map},
                                      {4, "immutable", Type::boolean}};
constexpr Field kReferenceFields[] = {{1, "kind"},       {2, "namespace"},       {3, "name"},     {4, "uid"},
                                      {5, "apiVersion"}, {6, "resourceVersion"}, {7, "fieldPath"}};
constexpr Message kReference{kReferenceFields};
constexpr Field kSourceFields[] = {{1, "component"}, {2, "host"}};
constexpr Message kSource{kSourceFields};
constexpr Field kEventFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                  {2, "involvedObject", Type::message, false, &kReference},
                                  {3, "reason"},
                                  {4, "message"},
                                  {5, "source", Type::message, false, &kSource},
                                  {6, "firstTimestamp", Type::time},
                                  {7, "lastTimestamp", Type::time},
                                  {8, "count", Type::number},
                                  {9, "type"},
                                  {10, "eventTime", Type::time},
                                  {12, "action"},
                                  {13, "related", Type::message, false, &kReference},
                                  {14, "reportingComponent"},
                                  {15, "reportingInstance"}};
constexpr Field kLeaseSpecFields[] = {{1, "holderIdentity"},
                                      {2, "leaseDurationSeconds", Type::number},
                                      {3, "acquireTime", Type::time},
                                      {4, "renewTime", Type::time},
                                      {5, "leaseTransitions", Type::number}};
constexpr Message kLeaseSpec{kLeaseSpecFields};
constexpr Field kLeaseFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                  {2, "spec", Type::message, false, &kLeaseSpec}};
constexpr Field kPreconditionFields[] = {{1, "uid"}, {2, "resourceVersion"}};
constexpr Message kPrecondition{kPreconditionFields};
constexpr Field kDeleteFields[] = {{1, "gracePeriodSeconds", Type::number},
                                   {2, "preconditions", Type::message, false, &kPrecondition},
                                   {3, "orphanDependents", Type::boolean},
                                   {4, "propagationPolicy"},
                                   {5, "dryRun", Type::text, true}};
constexpr Field kResourceAttributeFields[] = {{1, "namespace"}, {2, "verb"},        {3, "group"}, {4, "version"},
                                              {5, "resource"},  {6, "subresource"}, {7, "name"}};
constexpr Message kResourceAttributes{kResourceAttributeFields};
constexpr Field kPathAttributeFields[] = {{1, "path"}, {2, "verb"}};
constexpr Message kPathAttributes{kPathAttributeFields};
constexpr Field kReviewSpecFields[] = {{1, "resourceAttributes", Type::message, false, &kResourceAttributes},
                                       {2, "nonResourceAttributes", Type::message, false, &kPathAttributes}};
constexpr Message kReviewSpec{kReviewSpecFields};
constexpr Field kReviewFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                   {2, "spec", Type::message, false, &kReviewSpec}};
constexpr Field kRulesSpecFields[] = {{1, "namespace"}};
constexpr Message kRulesSpec{kRulesSpecFields};
constexpr Field kRulesFields[] = {{1, "metadata", Type::message, false, &kMeta},
                                  {2, "spec", Type::message, false, &kRulesSpec}};

constexpr struct {
  std::string_view kind;
  Message message;
} kKinds[] = {{"Namespace", {kNamespaceFields}},
              {"Secret", {kSecretFields}},
              {"ConfigMap", {kConfigMapFields}},
              {"Event", {kEventFields}},
              {"Lease", {kLeaseFields}},
              {"DeleteOptions", {kDeleteFields}},
              {"SelfSubjectAccessReview", {kReviewFields}},
              {"SelfSubjectRulesReview", {kRulesFields}}};

/// A reader of wire-format bytes; every step says whether the bytes allowed it.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }
  bool varint(std::uint64_t& out) {
    out = 0;
    for (int shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }
  bool piece(std::string_view& out) {
    std::uint64_t size = 0;
    if (!varint(size) || size > bytes_.size() - at_) return false;
    out = bytes_.substr(at_, size);
    at_ += size;
    return true;
  }
  bool skip(unsigned wire) {
    std::uint64_t number = 0;
    std::string_view ignored;
    switch (wire) {
      case 0:
        return varint(number);
      case 1:
        return advance(8);
      case 2:
        return piece(ignored);
      case 5:
        return advance(4);
      default:
        return false;
    }
  }

 private:
  bool advance(std::size_t count) {
    if (bytes_.size() - at_ < count) return false;
    at_ += count;
    return true;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
};

bool decode_time(std::string_view bytes, Value& out) {
  Reader reader(bytes);
  std::uint64_t seconds = 0;
  while (!reader.at_end()) {
    std::uint64_t key = 0, number = 0;
    if (!reader.varint(key)) return false;
    if ((key & 7) == 0) {
      if (!reader.varint(number)) return false;
      if (key >> 3 == 1) seconds = number;
    } else if (!reader.skip(key & 7)) {
      return false;
    }
  }
  const auto signed_seconds = static_cast<std::int64_t>(seconds);
  if (signed_seconds < -62'135'596'800 || signed_seconds > 253'402'300'799) return false;
  out = Value(objects::format_rfc3339(signed_seconds * 1000));
  return true;
}

bool decode_map_entry(std::string_view bytes, bool values_are_bytes, Value& map) {
  Reader reader(bytes);
  std::string_view name, value;
  while (!reader.at_end()) {
    std::uint64_t key = 0;
    if (!reader.varint(key)) return false;
    if ((key & 7) == 2 && (key >> 3 == 1 || key >> 3 == 2)) {
      if (!reader.piece(key >> 3 == 1 ? name : value)) return false;
    } else if (!reader.skip(key & 7)) {
      return false;
    }
  }
  map.set(std::string(name), values_are_bytes ? text::encode_base64(value) : std::string(value));
  return true;
}

bool decode_message(std::string_view bytes, const Message& message, Value& out, int depth) {
  if (depth > kMaxDepth) return false;
  Reader reader(bytes);
  while (!reader.at_end()) {
    std::uint64_t key = 0;
    if (!reader.varint(key)) return false;
    const auto wire = static_cast<unsigned>(key & 7);
    const Field* field = nullptr;
    for (const auto& one : message.fields) {
      if (one.number == key >> 3) field = &one;
    }
    const bool is_number = field != nullptr && (field->type == Type::number || field->type == Type::boolean);
    if (field == nullptr || wire != (is_number ? 0u : 2u)) {
      if (!reader.skip(wire)) return false;
      continue;
    }
    std::string_view piece;
    std::uint64_t number = 0;
    if (is_number ? !reader.varint(number) : !reader.piece(piece)) return false;
    Value value;
    switch (field->type) {
      case Type::text:
        // Clients leave out what is empty in JSON, and protobuf writes it: an empty text is no field.
        if (piece.empty() && !field->repeated) continue;
        value = Value(std::string(piece));
        break;
      case Type::number:
        if (number == 0) continue;
        value = Value::number(static_cast<std::int64_t>(number));
        break;
      case Type::boolean:
        value = Value(number != 0);
        break;
      case Type::bytes:
        value = Value(text::encode_base64(piece));
        break;
      case Type::time:
        if (piece.empty()) continue;
        if (!decode_time(piece, value)) return false;
        break;
      case Type::message:
        value = Value::map();
        if (!decode_message(piece, *field->message, value, depth + 1)) return false;
        break;
      case Type::text_map:
      case Type::bytes_map: {
        Value* map = out.find(field->name);
        if (map == nullptr) {
          out.set(std::string(field->name), Value::map());
          map = out.find(field->name);
        }
        if (!decode_map_entry(piece, field->type == Type::bytes_map, *map)) return false;
        continue;
      }
    }
    if (field->repeated) {
      Value* list = out.find(field->name);
      if (list == nullptr) {
        out.set(std::string(field->name), Value::list());
        list = out.find(field->name);
      }
      list->push(std::move(value));
    } else {
      out.set(std::string(field->name), std::move(value));
    }
  }
  return true;
}

}  // namespace

Outcome<Value> decode_protobuf(std::string_view bytes) {
  constexpr std::string_view kMagic("k8s\0", 4);
  const auto damaged = [] { return objects::bad_request("the protobuf body is damaged"); };
  if (!bytes.starts_with(kMagic)) return damaged();
  Reader reader(bytes.substr(kMagic.size()));
  std::string_view api_version, kind, raw, encoding;
  while (!reader.at_end()) {
    std::uint64_t key = 0;
    if (!reader.varint(key)) return damaged();
    std::string_view piece;
    if ((key & 7) != 2) {
      if (!reader.skip(key & 7)) return damaged();
      continue;
    }
    if (!reader.piece(piece)) return damaged();
    if (key >> 3 == 1) {
      Reader meta(piece);
      while (!meta.at_end()) {
        std::uint64_t meta_key = 0;
        if (!meta.varint(meta_key)) return damaged();
        std::string_view text;
        if ((meta_key & 7) != 2 || !meta.piece(text)) return damaged();
        if (meta_key >> 3 == 1) api_version = text;
        if (meta_key >> 3 == 2) kind = text;
      }
    } else if (key >> 3 == 2) {
      raw = piece;
    } else if (key >> 3 == 3) {
      encoding = piece;
    }
  }
  if (!encoding.empty())
    return objects::bad_request("a protobuf body with the encoding '" + std::string(encoding) + "' is not read");
  for (const auto& known : kKinds) {
    if (known.kind != kind) continue;
    Value out = Value::map_of("apiVersion", api_version, "kind", kind);
    if (!decode_message(raw, known.message, out, 0)) return damaged();
    return out;
  }
  auto out = objects::bad_request("objects of the kind '" + std::string(kind) + "' are taken as JSON or YAML only");
  out.error().code = 415;
  out.error().reason = "UnsupportedMediaType";
  return out;
}

}  // namespace windlass::kubeapi
