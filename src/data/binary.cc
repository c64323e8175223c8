#include "data/binary.h"

#include <bit>
#include <cmath>
#include <limits>

#include "data/number_text.h"

namespace windlass::data {

namespace {

constexpr std::uint64_t kCanonicalNan = 0x7ff8000000000000ULL;

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

void put_fixed(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) { return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1)); }

class Decoder {
 public:
  Decoder(std::string_view bytes, const BinaryLimits& limits) : bytes_(bytes), limits_(limits) {}

  Result<Value> run() {
    struct Open {
      Value value;
      std::uint64_t left;
      std::string key;
    };
    std::vector<Open> stack;
    for (;;) {
      Value value;
      const auto tag = WL_TRY(byte());
      if (tag > static_cast<std::uint8_t>(Kind::object)) return wrong("unknown kind " + std::to_string(tag));
      const auto kind = static_cast<Kind>(tag);
      if (kind == Kind::list || kind == Kind::map || kind == Kind::object) {
        std::string class_name;
        if (kind == Kind::object) class_name = WL_TRY(text());
        const std::uint64_t count = WL_TRY(varint());
        // An item takes a byte at least, a member two; a larger count is a lie, found before memory is reserved for it.
        if (count > (bytes_.size() - at_) / (kind == Kind::list ? 1 : 2)) return wrong("more items than bytes");
        value = kind == Kind::list  ? Value::list()
                : kind == Kind::map ? Value::map()
                                    : Value::object(std::move(class_name), {});
        if (count > 0) {
          if (stack.size() >= limits_.max_depth) {
            return fail(ErrorKind::exhausted,
                        "encoded value is nested deeper than " + std::to_string(limits_.max_depth));
          }
          stack.push_back({std::move(value), count, {}});
          if (kind != Kind::list) stack.back().key = WL_TRY(text());
          continue;
        }
      } else {
        value = WL_TRY(scalar(kind));
      }
      for (;;) {
        if (stack.empty()) {
          if (at_ != bytes_.size()) return wrong("bytes after the value");
          return value;
        }
        Open& top = stack.back();
        if (top.value.is_list()) {
          top.value.push(std::move(value));
        } else {
          if (top.value.members().contains(top.key)) return wrong("a member is given twice");
          top.value.set(std::move(top.key), std::move(value));
        }
        if (--top.left > 0) {
          if (!top.value.is_list()) top.key = WL_TRY(text());
          break;
        }
        value = std::move(top.value);
        stack.pop_back();
      }
    }
  }

 private:
  Result<Value> scalar(Kind kind) {
    switch (kind) {
      case Kind::null:
        return Value();
      case Kind::boolean: {
        const auto flag = WL_TRY(byte());
        if (flag > 1) return wrong("a boolean that is neither 0 nor 1");
        return Value(flag == 1);
      }
      case Kind::integer: {
        const std::int64_t number = unzigzag(WL_TRY(varint()));
        if (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max()) {
          return wrong("an integer beyond 32 bits");
        }
        return Value(static_cast<std::int32_t>(number));
      }
      case Kind::long_integer:
        return Value(unzigzag(WL_TRY(varint())));
      case Kind::big_integer: {
        std::string digits = WL_TRY(text());
        if (!is_number(digits, false)) return wrong("a big integer that is not digits");
        return Value::big_integer(std::move(digits));
      }
      case Kind::decimal: {
        std::string digits = WL_TRY(text());
        if (!is_number(digits, true)) return wrong("a decimal that is not a number");
        return Value::decimal(std::move(digits));
      }
      case Kind::real: {
        if (bytes_.size() - at_ < 8) return wrong("it ends too early");
        std::uint64_t bits = 0;
        for (int i = 7; i >= 0; --i)
          bits = bits << 8 | static_cast<unsigned char>(bytes_[at_ + static_cast<std::size_t>(i)]);
        at_ += 8;
        const auto number = std::bit_cast<double>(bits);
        if (std::isnan(number) && bits != kCanonicalNan) return wrong("an unusual NaN");
        return Value(number);
      }
      case Kind::string:
        return Value(WL_TRY(text()));
      case Kind::bytes:
        return Value::bytes(WL_TRY(text()));
      case Kind::list:
      case Kind::map:
      case Kind::object:
        break;
    }
    return wrong("unknown kind");
  }

  static bool is_number(std::string_view text, bool decimal) {
    if (text.empty() || text.find_first_not_of(decimal ? "0123456789.eE+-" : "0123456789-") != std::string_view::npos) {
      return false;
    }
    if (decimal) return format_decimal(text).has_value();
    const std::string_view digits = text.substr(text[0] == '-' ? 1 : 0);
    return !digits.empty() && digits.find('-') == std::string_view::npos;
  }

  Result<std::uint8_t> byte() {
    if (at_ >= bytes_.size()) return wrong("it ends too early");
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }

  // The shortest form only, so that equal values have equal bytes.
  Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      const auto part = WL_TRY(byte());
      if (shift == 63 && part > 1) break;
      value |= static_cast<std::uint64_t>(part & 0x7F) << shift;
      if (part < 0x80) {
        if (part == 0 && shift > 0) return wrong("a number written longer than needed");
        return value;
      }
    }
    return wrong("a number beyond 64 bits");
  }

  Result<std::string> text() {
    const std::uint64_t size = WL_TRY(varint());
    if (size > bytes_.size() - at_) return wrong("a text longer than the bytes");
    std::string out(bytes_.substr(at_, size));
    at_ += size;
    return out;
  }

  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const {
    return fail(ErrorKind::corrupt, "encoded value is damaged at byte " + std::to_string(at_) + ": " + what);
  }

  std::string_view bytes_;
  const BinaryLimits& limits_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::string> encode_binary(const Value& root) {
  struct Frame {
    const Value* value;
    std::size_t next = 0;
  };
  std::string out(4, '\0');
  out += static_cast<char>(kBinaryVersion);
  std::vector<Frame> stack;
  auto begin = [&](const Value& value) {
    out += static_cast<char>(value.kind());
    switch (value.kind()) {
      case Kind::null:
        return;
      case Kind::boolean:
        out += value.as_bool() ? '\1' : '\0';
        return;
      case Kind::integer:
      case Kind::long_integer:
        put_varint(out, zigzag(value.as_int()));
        return;
      case Kind::big_integer:
      case Kind::decimal:
      case Kind::string:
      case Kind::bytes:
        put_text(out, value.text());
        return;
      case Kind::real:
        put_fixed(out, std::isnan(value.as_double()) ? kCanonicalNan : std::bit_cast<std::uint64_t>(value.as_double()),
                  8);
        return;
      case Kind::list:
      case Kind::map:
      case Kind::object:
        break;
    }
    if (value.is_object()) put_text(out, value.class_name());
    put_varint(out, value.size());
    stack.push_back({&value});
  };
  begin(root);
  while (!stack.empty()) {
    Frame& top = stack.back();
    if (top.next == top.value->size()) {
      stack.pop_back();
      continue;
    }
    const std::size_t index = top.next++;
    if (top.value->is_list()) {
      begin(top.value->items()[index]);
    } else {
      const auto& entry = top.value->members().at(index);
      put_text(out, entry.key);
      begin(entry.value);
    }
    if (out.size() > std::numeric_limits<std::uint32_t>::max()) {
      return fail(ErrorKind::exhausted, "a value is larger than 4 GiB when encoded");
    }
  }
  if (out.size() > std::numeric_limits<std::uint32_t>::max()) {
    return fail(ErrorKind::exhausted, "a value is larger than 4 GiB when encoded");
  }
  const std::uint64_t length = out.size() - 4;
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<char>(length >> (8 * i));
  return out;
}

Result<Value> take_binary(std::string_view& bytes, const BinaryLimits& limits) {
  if (bytes.size() < 5) return fail(ErrorKind::corrupt, "encoded value is shorter than its header");
  std::size_t length = 0;
  for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  if (length > limits.max_bytes) {
    return fail(ErrorKind::exhausted, "encoded value has " + std::to_string(length) +
                                          " bytes, more than the limit of " + std::to_string(limits.max_bytes));
  }
  if (length < 1 || length > bytes.size() - 4) return fail(ErrorKind::corrupt, "encoded value is cut off");
  const auto version = static_cast<std::uint8_t>(bytes[4]);
  if (version != kBinaryVersion) {
    return fail(ErrorKind::unsupported, "encoded value has version " + std::to_string(version) +
                                            ", this program reads version " + std::to_string(kBinaryVersion));
  }
  Value value = WL_TRY(Decoder(bytes.substr(5, length - 1), limits).run());
  bytes.remove_prefix(4 + length);
  return value;
}

Result<Value> decode_binary(std::string_view bytes, const BinaryLimits& limits) {
  Value value = WL_TRY(take_binary(bytes, limits));
  if (!bytes.empty()) return fail(ErrorKind::corrupt, "bytes follow the encoded value");
  return value;
}

}  // namespace windlass::data
