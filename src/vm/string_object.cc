// Strings, GStrings and builders: Latin-1 bytes when every unit fits, else UTF-16 (Java's compact strings).
#include <algorithm>
#include <cstring>

#include "text/java_hash.h"
#include "text/utf.h"
#include "vm/heap.h"

namespace windlass::vm {

// ---- TextView
// -----------------------------------------------------------------------------------------------------------

std::string TextView::utf8() const {
  if (!wide_) return text::latin1_to_utf8(latin1());
  return text::utf16_to_utf8(units());
}

std::u16string TextView::utf16() const {
  if (wide_) return std::u16string(units());
  std::u16string out(length_, u'\0');
  for (std::uint32_t i = 0; i < length_; ++i) out[i] = (*this)[i];
  return out;
}

namespace {

/// Knuth, Morris and Pratt: linear whatever the texts are. For needles that the plain search could be slow with.
std::size_t find_linear(TextView text, TextView needle, std::size_t from) {
  std::vector<std::uint32_t> back(needle.size());
  for (std::uint32_t i = 1, k = 0; i < needle.size(); ++i) {
    while (k > 0 && needle[i] != needle[k]) k = back[k - 1];
    if (needle[i] == needle[k]) ++k;
    back[i] = k;
  }
  for (std::size_t i = from, k = 0; i < text.size(); ++i) {
    while (k > 0 && text[i] != needle[k]) k = back[k - 1];
    if (text[i] == needle[k]) ++k;
    if (k == needle.size()) return i + 1 - k;
  }
  return TextView::npos;
}
constexpr std::uint32_t kShortNeedle = 16;

}  // namespace

std::size_t TextView::find(TextView needle, std::size_t from) const {
  if (from > length_ || needle.length_ > length_ - from) return npos;
  if (needle.empty()) return from;
  if (!wide_ && !needle.wide_) {
    const auto* found = static_cast<const char*>(
        ::memmem(static_cast<const char*>(data_) + from, length_ - from, needle.data_, needle.length_));
    return found == nullptr ? npos : static_cast<std::size_t>(found - static_cast<const char*>(data_));
  }
  if (needle.length_ > kShortNeedle) return find_linear(*this, needle, from);
  if (wide_ && needle.wide_) return units().find(needle.units(), from);
  for (std::size_t i = from; i + needle.length_ <= length_; ++i) {
    std::size_t k = 0;
    while (k < needle.length_ && (*this)[i + k] == needle[k]) ++k;
    if (k == needle.length_) return i;
  }
  return npos;
}

std::size_t TextView::rfind(TextView needle, std::size_t from) const {
  if (needle.length_ > length_) return npos;
  std::size_t i = std::min<std::size_t>(from, length_ - needle.length_);
  while (true) {
    std::size_t k = 0;
    while (k < needle.length_ && (*this)[i + k] == needle[k]) ++k;
    if (k == needle.length_) return i;
    if (i == 0) return npos;
    --i;
  }
}

bool TextView::operator==(const TextView& other) const {
  if (length_ != other.length_) return false;
  if (wide_ == other.wide_)
    return length_ == 0 || std::memcmp(data_, other.data_, wide_ ? length_ * std::size_t{2} : length_) == 0;
  for (std::uint32_t i = 0; i < length_; ++i) {
    if ((*this)[i] != other[i]) return false;
  }
  return true;
}

std::int32_t TextView::compare(TextView other) const {
  const std::uint32_t shared = std::min(length_, other.length_);
  if (!wide_ && !other.wide_) {
    const auto* a = static_cast<const unsigned char*>(data_);
    const auto* b = static_cast<const unsigned char*>(other.data_);
    if (shared == 0 || std::memcmp(a, b, shared) == 0)
      return static_cast<std::int32_t>(length_) - static_cast<std::int32_t>(other.length_);
  }
  for (std::uint32_t i = 0; i < shared; ++i) {
    const std::int32_t difference = static_cast<std::int32_t>((*this)[i]) - static_cast<std::int32_t>(other[i]);
    if (difference != 0) return difference;
  }
  return static_cast<std::int32_t>(length_) - static_cast<std::int32_t>(other.length_);
}

std::int32_t TextView::hash() const { return wide_ ? text::hash_string(units()) : text::hash_string(latin1()); }

// ---- TextBuilder
// ----------------------------------------------------------------------------------------------------------

void TextBuilder::widen() {
  if (is_wide_) return;
  wide_.reserve(narrow_.size() + 16);
  for (const char c : narrow_) wide_ += static_cast<char16_t>(static_cast<unsigned char>(c));
  narrow_.clear();
  is_wide_ = true;
}

void TextBuilder::append(TextView text) {
  make_room(text.size());
  if (!is_wide_ && !text.wide()) {
    narrow_.append(text.latin1());
    return;
  }
  widen();
  if (text.wide()) {
    wide_.append(text.units());
  } else {
    for (const char c : text.latin1()) wide_ += static_cast<char16_t>(static_cast<unsigned char>(c));
  }
}

void TextBuilder::append_utf8(std::string_view utf8) {
  if (text::is_ascii(utf8)) {
    append(TextView(utf8));
  } else if (auto latin = text::utf8_to_latin1(utf8)) {
    append(TextView(std::string_view(*latin)));
  } else {
    append(TextView(std::u16string_view(text::utf8_to_utf16(utf8))));
  }
}

void TextBuilder::append_unit(char16_t unit) {
  make_room(1);
  if (!is_wide_ && unit < 256) {
    narrow_ += static_cast<char>(unit);
    return;
  }
  widen();
  wide_ += unit;
}

void TextBuilder::append_int(std::int64_t number) { append(std::string_view(std::to_string(number))); }

void TextBuilder::clear() {
  narrow_.clear();
  wide_.clear();
  is_wide_ = false;
}

void TextBuilder::truncate(std::size_t size) {
  if (is_wide_) {
    wide_.resize(std::min(size, wide_.size()));
  } else {
    narrow_.resize(std::min(size, narrow_.size()));
  }
}

// ---- Strings
// -----------------------------------------------------------------------------------------------------------------

namespace {
bool all_latin1(std::u16string_view units) {
  return std::all_of(units.begin(), units.end(), [](char16_t u) { return u < 256; });
}
}  // namespace

Value Heap::make_string(TextView text) {
  const bool wide = text.wide() && !all_latin1(text.units());
  const std::size_t bytes = wide ? std::size_t{2} * text.size() : text.size();
  const Ref ref = allocate(Kind::string, java::string, sizeof(StringObject) + bytes);
  auto* object = at<StringObject>(ref);
  object->length = text.size();
  if (wide) object->flags |= flag_wide;
  if (text.empty()) return Value::object(Kind::string, ref);
  if (text.wide() == wide) {
    std::memcpy(static_cast<void*>(object + 1),
                wide ? static_cast<const void*>(text.units().data()) : text.latin1().data(), bytes);
  } else {
    auto* out = reinterpret_cast<unsigned char*>(object + 1);
    for (std::uint32_t i = 0; i < text.size(); ++i) out[i] = static_cast<unsigned char>(text[i]);
  }
  return Value::object(Kind::string, ref);
}

Value Heap::make_string(std::string_view utf8) {
  if (text::is_ascii(utf8)) return make_string(TextView(utf8));
  if (auto latin = text::utf8_to_latin1(utf8)) return make_string(TextView(std::string_view(*latin)));
  return make_string(TextView(std::u16string_view(text::utf8_to_utf16(utf8))));
}

Value Heap::make_string(std::u16string_view units) { return make_string(TextView(units)); }

TextView Heap::text(Value string) const {
  if (!string.is_string()) return {};
  const auto* object = at<StringObject>(string.ref);
  if ((object->flags & flag_wide) != 0)
    return std::u16string_view(reinterpret_cast<const char16_t*>(object + 1), object->length);
  return std::string_view(reinterpret_cast<const char*>(object + 1), object->length);
}

std::int32_t Heap::string_hash(Value string) {
  auto* object = this->string(string);
  if ((object->flags & flag_hashed) == 0) {
    object->hash = static_cast<std::uint32_t>(text(string).hash());
    object->flags |= flag_hashed;
  }
  return static_cast<std::int32_t>(object->hash);
}

Value Heap::concat(TextView a, TextView b) {
  if (std::size_t{a.size()} + b.size() > kMostTextUnits) throw HeapFull();
  const bool wide = a.wide() || b.wide();
  const std::size_t units = std::size_t{a.size()} + b.size();
  const Ref ref = allocate(Kind::string, java::string, sizeof(StringObject) + (wide ? units * 2 : units));
  auto* object = at<StringObject>(ref);
  object->length = static_cast<std::uint32_t>(units);
  if (wide) object->flags |= flag_wide;
  if (!wide) {
    auto* out = reinterpret_cast<char*>(object + 1);
    if (!a.empty()) std::memcpy(out, a.latin1().data(), a.size());
    if (!b.empty()) std::memcpy(out + a.size(), b.latin1().data(), b.size());
  } else {
    auto* out = reinterpret_cast<char16_t*>(object + 1);
    for (std::uint32_t i = 0; i < a.size(); ++i) out[i] = a[i];
    for (std::uint32_t i = 0; i < b.size(); ++i) out[a.size() + i] = b[i];
  }
  return Value::object(Kind::string, ref);
}

// ---- GStrings
// -------------------------------------------------------------------------------------------------------------------

Value Heap::make_gstring(std::span<const Value> parts, std::span<const Value> values) {
  const auto count = static_cast<std::uint32_t>(values.size());
  const Ref ref =
      allocate(Kind::gstring, java::gstring_impl, sizeof(GStringObject) + (std::size_t{2} * count + 1) * sizeof(Value));
  auto* object = at<GStringObject>(ref);
  object->count = count;
  auto* out = reinterpret_cast<Value*>(object + 1);
  for (std::size_t i = 0; i < parts.size() && i <= count; ++i) out[i] = parts[i];
  for (std::size_t i = 0; i < count; ++i) out[count + 1 + i] = values[i].plain();
  return Value::object(Kind::gstring, ref);
}

std::span<const Value> Heap::gstring_parts(Value gstring) const {
  const auto* object = as<GStringObject>(gstring, Kind::gstring);
  return {reinterpret_cast<const Value*>(object + 1), object->count + std::size_t{1}};
}

std::span<const Value> Heap::gstring_values(Value gstring) const {
  const auto* object = as<GStringObject>(gstring, Kind::gstring);
  return {reinterpret_cast<const Value*>(object + 1) + object->count + 1, object->count};
}

// ---- builders
// ---------------------------------------------------------------------------------------------------------------------

Value Heap::make_string_builder(ClassId class_id, TextView content) {
  const Ref ref = allocate(Kind::string_builder, class_id, sizeof(StringBuilderObject));
  const Value builder = Value::object(Kind::string_builder, ref);
  builder_append(builder, content);
  return builder;
}

TextView Heap::builder_text(Value builder) const {
  const auto* object = as<StringBuilderObject>(builder, Kind::string_builder);
  if (object->storage == 0) return {};
  const void* data = at<BytesObject>(object->storage) + 1;
  if ((object->flags & flag_wide) != 0) return std::u16string_view(static_cast<const char16_t*>(data), object->length);
  return std::string_view(static_cast<const char*>(data), object->length);
}

void Heap::builder_append(Value builder, TextView text) {
  const auto length = as<StringBuilderObject>(builder, Kind::string_builder)->length;
  builder_splice(builder, length, length, text);
}

void Heap::builder_splice(Value builder, std::uint32_t from, std::uint32_t to, TextView text) {
  auto* object = as<StringBuilderObject>(builder, Kind::string_builder);
  const bool was_wide = (object->flags & flag_wide) != 0;
  const bool wide = was_wide || text.wide();
  const std::size_t wanted = std::size_t{object->length} - (to - from) + text.size();
  if (wanted > kMostTextUnits) throw HeapFull();
  const auto length = static_cast<std::uint32_t>(wanted);
  const std::size_t unit = wide ? 2 : 1;
  const std::size_t have = object->storage != 0 ? at<BytesObject>(object->storage)->size : 0;
  const bool aliased = text.size() > 0 && object->storage != 0;
  if (length * unit > have || wide != was_wide || (aliased && from != object->length)) {
    const std::size_t size = std::max<std::size_t>(
        {length * unit, wide == was_wide ? std::min<std::size_t>(have * 2, have + (std::size_t{64} << 20)) : 0, 32});
    const Ref storage = allocate(Kind::bytes, java::object, sizeof(BytesObject) + size);
    at<BytesObject>(storage)->size = static_cast<std::uint32_t>(size);
    const TextView old = builder_text(builder);
    void* data = at<BytesObject>(storage) + 1;
    const auto copy = [&](TextView part, std::size_t at_unit) {
      if (wide) {
        auto* out = static_cast<char16_t*>(data) + at_unit;
        for (std::uint32_t i = 0; i < part.size(); ++i) out[i] = part[i];
      } else if (!part.empty()) {
        std::memcpy(static_cast<char*>(data) + at_unit, part.latin1().data(), part.size());
      }
    };
    copy(old.substring(0, from), 0);
    copy(text, from);
    copy(old.substring(to, old.size()), std::size_t{from} + text.size());
    object = at<StringBuilderObject>(builder.ref);
    object->storage = storage;
    if (wide) object->flags |= flag_wide;
  } else {
    auto* data = reinterpret_cast<char*>(at<BytesObject>(object->storage) + 1);
    std::memmove(data + (from + text.size()) * unit, data + to * unit, (object->length - to) * unit);
    if (wide) {
      auto* out = reinterpret_cast<char16_t*>(data) + from;
      for (std::uint32_t i = 0; i < text.size(); ++i) out[i] = text[i];
    } else if (!text.empty()) {
      std::memcpy(data + from, text.latin1().data(), text.size());
    }
  }
  object->length = length;
}

}  // namespace windlass::vm
