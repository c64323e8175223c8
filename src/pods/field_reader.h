// Takes the fields of a map one by one and knows which nobody took: a key of a configuration is used or listed, never
// dropped without a word. Scalars are read as people write them: "10" is a number, "true" a truth value.
//
// Not a schema: each reader says what it wants by asking. What cannot be used is noted and counts as not given; only
// the reader decides what is an error.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace windlass::pods {

/// Something about one key: `path` is "containers[0].image".
struct Note {
  enum class Kind : std::uint8_t {
    unknown,   ///< nobody knows the key
    unused,    ///< it is known, and does nothing here
    doubtful,  ///< it is used, but perhaps not as meant; or it cannot be used as it is
  };
  std::string path, sentence;
  Kind kind = Kind::doubtful;
  friend bool operator==(const Note&, const Note&) = default;
};

/// A scalar as text, as it was written: 1 is "1", true is "true". Nothing for lists, maps and null.
std::optional<std::string> scalar_text(const data::Value& value);
/// `a` + "." + `key`, or the key alone.
std::string join_path(std::string_view path, std::string_view key);
std::string item_path(std::string_view path, std::size_t index);

/// What a plugin calls a describable: `hostPathVolume(…)`, `[$class: 'HostPathVolume', …]`, `{hostPathVolume: {…}}`,
/// or a bare word.
struct Described {
  std::string symbol;  ///< the last part of the class name, with a small first letter; empty: none was named
  data::Value fields;  ///< a map; an unnamed argument is the member ""
  std::string path;    ///< of the fields
};
/// A map of one member whose name is one of `symbols` is the JCasC form.
Described describe(const data::Value& value, const std::vector<std::string_view>& symbols, std::string path);

class FieldReader {
 public:
  /// `value` of another kind than a map is noted and read as an empty one. Both outlive the reader.
  FieldReader(const data::Value& value, std::string path, std::vector<Note>& notes);
  /// Notes each key that was not asked for as unknown, or as unused for the reason given; `$class` is nobody's
  /// business.
  void finish(std::string_view unused_because = {});

  /// The member, taken; nullptr when it is absent or null.
  const data::Value* take(std::string_view key);
  std::string text(std::string_view key);
  std::optional<std::string> given_text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  /// Within int and not negative; else noted and absent.
  std::optional<int> count(std::string_view key);
  /// Items of a list; a single map or text counts as a list of one.
  std::vector<data::Value> items(std::string_view key);
  /// Texts between commas or of a list.
  std::vector<std::string> texts(std::string_view key);

  void note(std::string_view key, std::string sentence, Note::Kind kind = Note::Kind::doubtful);
  [[nodiscard]] std::string path_of(std::string_view key) const { return join_path(path_, key); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const data::Value& value_;
  std::string path_;
  std::vector<Note>& notes_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace windlass::pods
