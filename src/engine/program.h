// The program of a run: Jenkinsfile, libraries and preludes, parsed, checked and compiled. Pure: texts in, code out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/kept_prelude.h"
#include "engine/libraries.h"
#include "groovy/parser.h"
#include "vm/vm.h"

namespace windlass::engine {

/// Raised whenever a change of the core could alter any run's effects; the old way stays for runs that have it.
///   2  dates without a zone are in the run's, no longer in UTC
///   3  a publisher or build wrapper called by its symbol is performed, no longer a value
///   4  POD_LABEL is the whole run's id, in signs that a label may have
///   5  the sandbox has Jenkins' whole list, and holds scripts only; credentials of blocks that are closed where a
///      restart begins are bound anew
///   6  subList, asList, unmodifiable…, headMap and their like are views, no longer copies; JsonSlurper takes what
///      Groovy's does beyond the standard
inline constexpr std::uint32_t kSemantics = 6;

/// A valid Jenkinsfile without libraries: what runs of the same text share.
struct CompiledScript {
  std::shared_ptr<const groovy::Source> source;
  std::shared_ptr<const vm::CodeUnit> code;
  bool declarative = false;
  bool has_shells = false;
};

struct Program {
  std::shared_ptr<const vm::Runtime> runtime;  ///< natives and library methods
  std::shared_ptr<const groovy::Source> source;
  std::shared_ptr<const vm::CodeUnit> script;  ///< null when the Jenkinsfile is not valid
  std::vector<groovy::Diagnostic> errors;      ///< all of them, Jenkins' words
  bool declarative = false;
  bool has_shells = false;                       ///< the Jenkinsfile itself calls a step that is a process on the agent
  std::shared_ptr<const CompiledScript> shared;  ///< held for the runs to come
  std::vector<LoadedLibrary> libraries;  ///< implicit ones, then those of @Library in order: there before anything runs
  std::vector<std::string> wanted_libraries;  ///< what @Library names, in order
  std::optional<Error> library_error;         ///< one of them cannot be had: the run fails before its script
  const catalog::Catalog* catalog = nullptr;
  PreludeRef prelude;
};

/// The libraries that a script asks for by these identifiers ("name@version"), and the implicit ones.
using FindLibraries = std::function<Result<std::vector<LoadedLibrary>>(const std::vector<std::string>& identifiers)>;

/// Parses, validates and compiles a Jenkinsfile. Errors of the text are in Program::errors, never a failure.
Program build_program(const std::string& script_name, const std::string& text, PreludeRef prelude,
                      const FindLibraries& find_libraries);

/// Any other script of a run (load, evaluate, vars): compile errors as they are printed.
vm::Compiled compile_script(std::string_view source_name, std::string_view text, std::string_view class_name,
                            vm::ScriptKind kind, const vm::ClassExists& class_exists);

}  // namespace windlass::engine
