// A String's content as natives read it, and what they build new ones with. Latin-1 bytes when every unit fits, else
// UTF-16, as Java's compact strings are. What this is not: the objects (heap.h), nor UTF-8 itself (text/utf.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

namespace windlass::vm {

/// A borrowed String content. Units are UTF-16; valid as long as the native runs.
class TextView {
 public:
  TextView() = default;
  TextView(std::string_view latin1) : data_(latin1.data()), length_(static_cast<std::uint32_t>(latin1.size())) {}
  TextView(std::u16string_view units)
      : data_(units.data()), length_(static_cast<std::uint32_t>(units.size())), wide_(true) {}

  [[nodiscard]] std::uint32_t size() const { return length_; }
  [[nodiscard]] bool empty() const { return length_ == 0; }
  [[nodiscard]] bool wide() const { return wide_; }
  [[nodiscard]] char16_t operator[](std::size_t i) const {
    return wide_ ? static_cast<const char16_t*>(data_)[i]
                 : static_cast<char16_t>(static_cast<const unsigned char*>(data_)[i]);
  }
  /// Only when !wide().
  [[nodiscard]] std::string_view latin1() const { return {static_cast<const char*>(data_), length_}; }
  /// Only when wide().
  [[nodiscard]] std::u16string_view units() const { return {static_cast<const char16_t*>(data_), length_}; }
  /// Units [from, to), cut to what is there.
  [[nodiscard]] TextView substring(std::size_t from, std::size_t to) const {
    to = std::min<std::size_t>(to, length_);
    from = std::min(from, to);
    return wide_ ? TextView(units().substr(from, to - from)) : TextView(latin1().substr(from, to - from));
  }
  [[nodiscard]] std::string utf8() const;
  [[nodiscard]] std::u16string utf16() const;
  /// Index of the first occurrence at or after `from`, or npos.
  [[nodiscard]] std::size_t find(TextView needle, std::size_t from = 0) const;
  [[nodiscard]] std::size_t rfind(TextView needle, std::size_t from = npos) const;
  bool operator==(const TextView& other) const;
  /// String.compareTo: difference of the first unequal units, or of the lengths.
  [[nodiscard]] std::int32_t compare(TextView other) const;
  [[nodiscard]] std::int32_t hash() const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  const void* data_ = nullptr;
  std::uint32_t length_ = 0;
  bool wide_ = false;
};

/// Thrown by allocation at the ceiling; caught with every other std::bad_alloc in Vm::resume().
struct HeapFull : std::bad_alloc {
  [[nodiscard]] const char* what() const noexcept override { return "the run's memory budget is used up"; }
};

/// Builds a text on the C++ side; Latin-1 until the first wider unit. Heap::make_string takes it. Beyond kMostUnits,
/// what no pipeline needs, appending throws HeapFull: nothing on this side asks the run's budget before it grows.
class TextBuilder {
 public:
  static constexpr std::size_t kMostUnits = std::size_t{1} << 28;
  void append(TextView text);
  /// ASCII or Latin-1 bytes.
  void append(std::string_view latin1) { append(TextView(latin1)); }
  void append(const char* ascii) { append(TextView(std::string_view(ascii))); }
  void append_utf8(std::string_view utf8);
  void append_unit(char16_t unit);
  void append_int(std::int64_t number);
  void clear();
  [[nodiscard]] std::size_t size() const { return is_wide_ ? wide_.size() : narrow_.size(); }
  [[nodiscard]] TextView view() const {
    return is_wide_ ? TextView(std::u16string_view(wide_)) : TextView(std::string_view(narrow_));
  }
  /// Cuts to `size` units.
  void truncate(std::size_t size);

 private:
  void widen();
  void make_room(std::size_t units) const {
    if (units > kMostUnits - size()) throw HeapFull();
  }
  std::string narrow_;
  std::u16string wide_;
  bool is_wide_ = false;
};

}  // namespace windlass::vm
