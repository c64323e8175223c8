// The prelude of a run: this program's texts for a new run, the texts it began with for one that is resumed. A run
// keeps them as one program part, which all runs of a state folder share by its hash; so a newer Windlass goes on with
// a run as the older one would have.
//
// What is made of the texts (the natives' index, compiled files, compiled Jenkinsfiles) is immutable, made when first
// needed and shared by all runs of the process that have the same texts: a server holds thousands of them.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "vm/vm.h"

namespace windlass::engine {

/// The program part that a run keeps the prelude in.
inline constexpr std::string_view kPreludeRole = "prelude";

struct CompiledScript;  // program.h

/// Any thread.
class Prelude {
 public:
  /// The files of a run that another program began.
  explicit Prelude(std::vector<vm::PreludeSource> files);
  /// This program's own: what the build has made of them is used.
  struct BuiltIn {};
  explicit Prelude(BuiltIn);
  Prelude(const Prelude&) = delete;
  Prelude& operator=(const Prelude&) = delete;

  /// The same texts give the same bytes.
  [[nodiscard]] Result<std::string> encode() const;
  /// Of those bytes, as a journal names a program part (journal::content_hash); empty where they cannot be made.
  [[nodiscard]] const std::string& hash() const;
  /// Natives and library methods.
  [[nodiscard]] std::shared_ptr<const vm::Runtime> runtime() const;

  struct Defined {
    std::string_view name;
    const vm::PreludeSource* file = nullptr;
  };
  /// Which file defines a function, for steps, globals and block steps; by name.
  [[nodiscard]] std::span<const Defined> functions() const { return functions_; }
  /// nullptr: nobody defines it.
  [[nodiscard]] const vm::PreludeSource* find_function_file(std::string_view name) const;
  /// The file of a class that scripts may name (a file with a package holds classes and nothing else), or nullptr.
  [[nodiscard]] const vm::PreludeSource* find_class_file(std::string_view full_name) const;
  /// The code of a file that functions() or find_class_file() names.
  [[nodiscard]] const vm::Compiled& code(const vm::PreludeSource& file) const;

  /// A Jenkinsfile that another run of this process has compiled, if one still holds it or it was so lately: runs that
  /// left memory come back.
  [[nodiscard]] std::shared_ptr<const CompiledScript> find_script(const std::string& key) const;
  void keep_script(const std::string& key, const std::shared_ptr<const CompiledScript>& script) const;

 private:
  std::vector<vm::PreludeSource> files_;
  bool is_built_in_ = false;
  std::deque<std::string> names_;  ///< that the lists below refer to, where they are not constants
  std::vector<Defined> functions_;
  std::vector<Defined> classes_;  ///< by full name
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const vm::Runtime> runtime_;
  mutable std::map<const vm::PreludeSource*, vm::Compiled> code_;
  mutable std::unordered_map<std::string, std::weak_ptr<const CompiledScript>> scripts_;
  mutable std::size_t scripts_before_sweep_ = 64;
  mutable std::deque<std::shared_ptr<const CompiledScript>> recent_;  ///< newest last
  mutable std::size_t recent_bytes_ = 0;                              ///< of their texts
  mutable std::optional<std::string> hash_;
};
using PreludeRef = std::shared_ptr<const Prelude>;

/// One per process.
PreludeRef built_in_prelude();
/// The built-in one where the texts are the same.
Result<PreludeRef> decode_prelude(std::string_view bytes);

}  // namespace windlass::engine
