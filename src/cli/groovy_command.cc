// windlass groovy: a plain Groovy script, without a pipeline around it. The contract is docs/cli.md: exit 0 when the
// script ended, 1 and a trace on standard error for an uncaught exception or a text that does not compile.
#include <filesystem>
#include <string>

#include "cli/budgets.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/groovy_host.h"
#include "cli/terminal_text.h"
#include "groovy/parser.h"
#include "prelude/prelude.h"
#include "prelude/prelude_code.h"
#include "vm/code.h"
#include "vm/gdk/tables.h"
#include "vm/vm.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
constexpr OptionRow kOptions[] = {
    kMaxInstructions,
    kMaxMemory,
    kMaxDepth,
    {"FILE", "FILE", Shape::value, {"the script; - is standard input", "脚本文件；- 为标准输入"}},
    {"ARG…", "ARG", Shape::rest, {"the script's args", "脚本的 args"}},
};

std::shared_ptr<const vm::Runtime> make_runtime() {
  std::vector<vm::PreludeSource> library;
  for (const auto& file : prelude::files()) {
    if (file.name.starts_with("gdk/"))
      library.push_back({std::string(file.name), file.text, prelude::find_code(file.name), nullptr});
  }
  return vm::make_runtime(vm::all_native_tables(), std::move(library), prelude::method_index());
}

/// Groovy names the script's class after its file.
std::string class_name_of(const std::string& file) {
  std::string stem = file == "-" ? "Script1" : std::filesystem::path(file).stem().string();
  return stem.empty() ? "Script1" : stem;
}

int refuse(GroovyHost& host, const groovy::Source& source, const std::vector<groovy::Diagnostic>& diagnostics) {
  host.print_error(0, "org.codehaus.groovy.control.MultipleCompilationErrorsException: " +
                          groovy::format_diagnostics(source, diagnostics) + "\n");
  return kExitFailure;
}

int run(const Invocation& in, const ParsedOptions& options) {
  const std::string file = options.get("FILE");
  if (file.empty())
    return complain(say(in.language, {"groovy: name the script to run", "groovy：请指定要运行的脚本"}), kExitUsage);
  auto text = read_file(file == "-" ? file : absolute_path(in.working_folder, file), in.language);
  if (!text) return complain("groovy: " + error_text(text.error(), in.language), kExitUsage);
  GroovyHost host;
  const auto source = std::make_shared<const groovy::Source>(
      file == "-" ? "Script1.groovy" : std::filesystem::path(file).filename().string(), std::move(*text));
  auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty()) return refuse(host, *source, parsed.diagnostics);
  auto unit = vm::compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), class_name_of(file),
                          vm::ScriptKind::plain);
  if (!unit) return refuse(host, *source, unit.error().diagnostics);

  const auto budgets = parse_budgets(options, in.language);
  if (!budgets) return complain("groovy: " + error_text(budgets.error(), in.language), kExitUsage);
  vm::Limits limits;
  limits.instructions = budgets->instructions != 0 ? budgets->instructions : kDefaultInstructions;
  limits.live_bytes = budgets->live_bytes != 0 ? budgets->live_bytes : kDefaultLiveBytes;
  if (budgets->depth != 0) limits.depth = budgets->depth;
  vm::Vm vm(make_runtime(), host, limits);
  const auto& words = options.all("ARG");
  const vm::Value args = vm.heap().make_array(vm::java::string, static_cast<std::uint32_t>(words.size()));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const vm::Value word = vm.heap().make_string(std::string_view(words[i]));
    vm.heap().array_items(args)[i] = word;
  }
  vm.binding_set("args", args);
  const vm::ClassId program = vm.load(*unit);
  const bool has_script = (*unit)->has_script;
  if (!has_script && !(*unit)->classes.front()->methods_by_name.contains("main")) {
    // A script of the real thing would look for test frameworks too; here there are none.
    return complain(say(in.language,
                        {"groovy: {} has neither statements nor a main method in its first class",
                         "groovy：{} 既没有语句，第一个类中也没有 main 方法"},
                        {source->name()}),
                    kExitFailure);
  }
  const vm::FiberId main =
      has_script ? vm.start_script(program) : vm.start_call(vm::Value::of_class(program), "main", std::span(&args, 1));
  for (;;) {
    switch (vm.resume()) {
      case vm::RunState::sliced:
        continue;
      case vm::RunState::waiting:
        // Nothing here can be waited for: effects belong to pipelines.
        (void)host.flush();
        return complain(say(in.language, {"groovy: the script waits for a step, which only `windlass run` has",
                                          "groovy：脚本在等待步骤，只有 windlass run 才有步骤"}),
                        kExitFailure);
      case vm::RunState::limited:
        (void)host.flush();
        return complain(
            say(in.language,
                vm.limit() == vm::LimitKind::live_bytes
                    ? Text{"groovy: the script's live values passed the memory budget; raise it with --max-memory",
                           "groovy：脚本的活动数据超出内存预算；可用 --max-memory 提高"}
                    : Text{"groovy: the script ran too long (instruction budget); raise it with --max-instructions",
                           "groovy：脚本运行过久（超出指令预算）；可用 --max-instructions 提高"}),
            kExitFailure);
      case vm::RunState::finished:
        break;
    }
    break;
  }
  if (auto failure = vm.failure(main)) {
    host.print_error(main, "Caught: " + failure->class_name + (failure->has_message ? ": " + failure->message : "") +
                               "\n" + failure->trace);
    return kExitFailure;
  }
  (void)host.flush();
  return kExitSuccess;
}

}  // namespace

const Command kGroovyCommand{
    "groovy",
    {"run a plain Groovy script", "运行普通 Groovy 脚本"},
    "FILE [ARG…]",
    kOptions,
    {"Exit code 0: the script ended; 1: an exception was not caught, or the text does not compile.",
     "退出码 0：脚本正常结束；1：有未捕获的异常或无法编译。"},
    run};

}  // namespace windlass::cli
