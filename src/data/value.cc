#include "data/value.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace windlass::data {

namespace {

constexpr std::size_t kScanLimit = 16;

const std::string kNoText;
const Value::List kNoItems;
const Map kNoMembers;

// SipHash-1-3. Keys come from documents that strangers write, so the hash must not be predictable; the seed is the
// place of this program in memory, which changes nothing that can be observed but time.
std::uint64_t hash_key(std::string_view text) {
  const auto seed = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&kNoText));
  std::uint64_t v0 = 0x736f6d6570736575ULL ^ seed, v1 = 0x646f72616e646f6dULL ^ std::rotl(seed, 32);
  std::uint64_t v2 = 0x6c7967656e657261ULL ^ seed, v3 = 0x7465646279746573ULL ^ std::rotl(seed, 32);
  auto round = [&] {
    v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
    v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
    v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    v3 ^= word;
    round();
    v0 ^= word;
  }
  std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
  if (at < text.size()) std::memcpy(&last, text.data() + at, text.size() - at);
  last |= static_cast<std::uint64_t>(text.size()) << 56;
  v3 ^= last;
  round();
  v0 ^= last;
  v2 ^= 0xff;
  round(), round(), round();
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace

struct Value::ObjectData {
  std::string class_name;
  Map members;
};

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::integer:
      return "integer";
    case Kind::long_integer:
      return "long integer";
    case Kind::big_integer:
      return "big integer";
    case Kind::decimal:
      return "decimal";
    case Kind::real:
      return "double";
    case Kind::string:
      return "string";
    case Kind::bytes:
      return "bytes";
    case Kind::list:
      return "list";
    case Kind::map:
      return "map";
    case Kind::object:
      return "object";
  }
  return "unknown";
}

Value::Value(List items) : kind_(Kind::list) { data_.list = new List(std::move(items)); }
Value::Value(Map members) : kind_(Kind::map) { data_.map = new Map(std::move(members)); }
Value Value::map() { return Value(Map()); }

Value Value::object(std::string class_name, Map members) {
  Value out;
  out.data_.object = new ObjectData{std::move(class_name), std::move(members)};
  out.kind_ = Kind::object;
  return out;
}

Value Value::number(std::int64_t value) {
  if (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max()) {
    return Value(static_cast<std::int32_t>(value));
  }
  return Value(value);
}

void Value::set_wide(std::uint64_t value, bool is_unsigned) {
  if (is_unsigned && value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    data_.text = new std::string(std::to_string(value));
    kind_ = Kind::big_integer;
    return;
  }
  kind_ = Kind::long_integer;
  data_.wide = static_cast<std::int64_t>(value);
}

bool Value::has_text() const {
  return kind_ == Kind::string || kind_ == Kind::bytes || kind_ == Kind::big_integer || kind_ == Kind::decimal;
}

// Children that are containers are moved to the work list before their parent goes, so a deep tree never nests calls.
void Value::destroy() noexcept {
  std::vector<Value> work;
  auto release = [&work](Value& value) {
    auto keep = [&work](Value& child) {
      if (child.kind_ == Kind::list || child.has_members()) work.push_back(std::move(child));
    };
    switch (value.kind_) {
      case Kind::big_integer:
      case Kind::decimal:
      case Kind::string:
      case Kind::bytes:
        delete value.data_.text;
        break;
      case Kind::list:
        for (auto& item : *value.data_.list) keep(item);
        delete value.data_.list;
        break;
      case Kind::map:
        for (auto& entry : *value.data_.map) keep(entry.value);
        delete value.data_.map;
        break;
      case Kind::object:
        for (auto& entry : value.data_.object->members) keep(entry.value);
        delete value.data_.object;
        break;
      case Kind::null:
      case Kind::boolean:
      case Kind::integer:
      case Kind::long_integer:
      case Kind::real:
        break;
    }
    value.kind_ = Kind::null;
  };
  release(*this);
  while (!work.empty()) {
    Value next = std::move(work.back());
    work.pop_back();
    release(next);
  }
}

Value::Value(const Value& other) {
  std::vector<std::pair<const Value*, Value*>> work{{&other, this}};
  auto copy_members = [&work](const Map& from, Map& to) {
    // The shape (keys, index) is copied with null values first, then each value is scheduled into its final place.
    to.reserve(from.size());
    for (const auto& entry : from) to.set(entry.key, Value());
    for (std::size_t i = 0; i < from.size(); ++i) work.emplace_back(&from.at(i).value, &to.at(i).value);
  };
  while (!work.empty()) {
    auto [from, to] = work.back();
    work.pop_back();
    switch (from->kind_) {
      case Kind::null:
      case Kind::boolean:
      case Kind::integer:
      case Kind::long_integer:
      case Kind::real:
        to->data_ = from->data_;
        break;
      case Kind::big_integer:
      case Kind::decimal:
      case Kind::string:
      case Kind::bytes:
        to->data_.text = new std::string(*from->data_.text);
        break;
      case Kind::list:
        to->data_.list = new List(from->data_.list->size());
        for (std::size_t i = 0; i < from->data_.list->size(); ++i) {
          work.emplace_back(&(*from->data_.list)[i], &(*to->data_.list)[i]);
        }
        break;
      case Kind::map:
        to->data_.map = new Map();
        copy_members(*from->data_.map, *to->data_.map);
        break;
      case Kind::object:
        to->data_.object = new ObjectData{from->data_.object->class_name, {}};
        copy_members(from->data_.object->members, to->data_.object->members);
        break;
    }
    to->kind_ = from->kind_;
  }
}

Value& Value::operator=(const Value& other) {
  if (this != &other) *this = Value(other);
  return *this;
}

// The old content is released last: `v = std::move(v.mutable_items()[0])` assigns from inside of what is released.
Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  Value old;
  std::swap(old.kind_, kind_);
  std::swap(old.data_, data_);
  std::swap(kind_, other.kind_);
  std::swap(data_, other.data_);
  return *this;
}

double Value::as_double(double otherwise) const {
  switch (kind_) {
    case Kind::integer:
      return data_.integer;
    case Kind::long_integer:
      return static_cast<double>(data_.wide);
    case Kind::real:
      return data_.real;
    case Kind::big_integer:
    case Kind::decimal: {
      const std::string& text = *data_.text;
      double out = otherwise;
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
      if (error == std::errc::result_out_of_range) {
        const bool tiny = text.find("E-") != std::string::npos || text.starts_with("0.") || text.starts_with("-0.");
        const double size = tiny ? 0 : std::numeric_limits<double>::infinity();
        return text.starts_with('-') ? -size : size;
      }
      return out;
    }
    case Kind::null:
    case Kind::boolean:
    case Kind::string:
    case Kind::bytes:
    case Kind::list:
    case Kind::map:
    case Kind::object:
      return otherwise;
  }
  return otherwise;
}

const std::string& Value::text() const { return has_text() ? *data_.text : kNoText; }
const Value::List& Value::items() const { return kind_ == Kind::list ? *data_.list : kNoItems; }
const Map& Value::members() const {
  if (kind_ == Kind::map) return *data_.map;
  if (kind_ == Kind::object) return data_.object->members;
  return kNoMembers;
}
const std::string& Value::class_name() const { return kind_ == Kind::object ? data_.object->class_name : kNoText; }

Value::List& Value::mutable_items() {
  if (kind_ != Kind::list) *this = list();
  return *data_.list;
}
Map& Value::mutable_members() {
  if (kind_ == Kind::object) return data_.object->members;
  if (kind_ != Kind::map) *this = map();
  return *data_.map;
}
std::string& Value::mutable_text() {
  if (!has_text()) *this = Value(std::string());
  return *data_.text;
}

const Value* Value::find(std::string_view key) const { return members().find(key); }
Value* Value::find(std::string_view key) { return has_members() ? mutable_members().find(key) : nullptr; }
void Value::set(std::string key, Value value) { mutable_members().set(std::move(key), std::move(value)); }
std::size_t Value::size() const { return kind_ == Kind::list ? data_.list->size() : members().size(); }

std::string Value::get_string(std::string_view key, std::string_view otherwise) const {
  const Value* found = find(key);
  return found != nullptr && found->is_string() ? found->text() : std::string(otherwise);
}
bool Value::get_bool(std::string_view key, bool otherwise) const {
  const Value* found = find(key);
  return found != nullptr ? found->as_bool(otherwise) : otherwise;
}
std::int64_t Value::get_int(std::string_view key, std::int64_t otherwise) const {
  const Value* found = find(key);
  return found != nullptr ? found->as_int(otherwise) : otherwise;
}
double Value::get_double(std::string_view key, double otherwise) const {
  const Value* found = find(key);
  return found != nullptr ? found->as_double(otherwise) : otherwise;
}

bool Value::equal(const Value& first, const Value& second) {
  std::vector<std::pair<const Value*, const Value*>> work{{&first, &second}};
  while (!work.empty()) {
    auto [a, b] = work.back();
    work.pop_back();
    if (a->kind_ != b->kind_ || a->size() != b->size()) return false;
    switch (a->kind_) {
      case Kind::null:
        break;
      case Kind::boolean:
        if (a->data_.boolean != b->data_.boolean) return false;
        break;
      case Kind::integer:
      case Kind::long_integer:
        if (a->as_int() != b->as_int()) return false;
        break;
      case Kind::real:
        if (std::isnan(a->data_.real) && std::isnan(b->data_.real)) break;
        if (std::bit_cast<std::uint64_t>(a->data_.real) != std::bit_cast<std::uint64_t>(b->data_.real)) return false;
        break;
      case Kind::big_integer:
      case Kind::decimal:
      case Kind::string:
      case Kind::bytes:
        if (*a->data_.text != *b->data_.text) return false;
        break;
      case Kind::list:
        for (std::size_t i = 0; i < a->size(); ++i) work.emplace_back(&a->items()[i], &b->items()[i]);
        break;
      case Kind::map:
      case Kind::object:
        if (a->class_name() != b->class_name()) return false;
        for (std::size_t i = 0; i < a->size(); ++i) {
          const auto& x = a->members().at(i);
          const auto& y = b->members().at(i);
          if (x.key != y.key) return false;
          work.emplace_back(&x.value, &y.value);
        }
        break;
    }
  }
  return true;
}

// ---------------------------------------------------------------------------------------------------------------- Map

Map::Map(const Map& other) : entries_(other.entries_), index_(other.index_) {}
Map& Map::operator=(const Map& other) {
  if (this != &other) *this = Map(other);
  return *this;
}

std::size_t Map::locate(std::string_view key) const {
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].key == key) return i;
    }
    return kNone;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash_key(key) & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    if (entries_[index_[slot] - 1].key == key) return index_[slot] - 1;
  }
  return kNone;
}

void Map::rebuild_index(std::size_t slots) {
  index_.assign(slots, 0);
  const std::size_t mask = slots - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = hash_key(entries_[i].key) & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

void Map::index_last() {
  if (entries_.size() <= kScanLimit) return;
  if (entries_.size() * 2 > index_.size()) {
    rebuild_index(std::bit_ceil(entries_.size() * 4));
    return;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash_key(entries_.back().key) & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = static_cast<std::uint32_t>(entries_.size());
}

const Value* Map::find(std::string_view key) const {
  const std::size_t at = locate(key);
  return at == kNone ? nullptr : &entries_[at].value;
}
Value* Map::find(std::string_view key) {
  const std::size_t at = locate(key);
  return at == kNone ? nullptr : &entries_[at].value;
}

Value& Map::set(std::string key, Value value) {
  const std::size_t at = locate(key);
  if (at != kNone) {
    entries_[at].value = std::move(value);
    return entries_[at].value;
  }
  entries_.emplace_back(std::move(key), std::move(value));
  index_last();
  return entries_.back().value;
}

Value& Map::operator[](std::string_view key) {
  const std::size_t at = locate(key);
  return at != kNone ? entries_[at].value : set(std::string(key), Value());
}

bool Map::erase(std::string_view key) {
  const std::size_t at = locate(key);
  if (at == kNone) return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at));
  if (entries_.size() <= kScanLimit) {
    index_.clear();
  } else {
    rebuild_index(index_.size());
  }
  return true;
}

void Map::clear() {
  entries_.clear();
  index_.clear();
}

}  // namespace windlass::data
