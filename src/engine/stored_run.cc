#include "engine/stored_run.h"

#include <algorithm>
#include <cstdlib>

#include "data/binary.h"
#include "journal/seal.h"

namespace windlass::engine {
namespace {

/// The libraries as the run kept them when it began.
Result<std::vector<LoadedLibrary>> kept_libraries(journal::RunReader& run, const std::vector<LibraryInput>& known,
                                                  const std::vector<std::string>& identifiers) {
  auto libraries = name_libraries(known, identifiers);
  for (auto& library : libraries) {
    auto bytes = WL_TRY(run.program_bytes(library_role(library.name)));
    library.files = WL_TRY(data::decode_binary(bytes));
  }
  return libraries;
}

/// The same texts as those of this program need not be read.
Result<PreludeRef> kept_prelude(journal::RunReader& run) {
  const auto parts = WL_TRY(run.program());
  const auto part = std::ranges::find(parts, kPreludeRole, &journal::ProgramPart::role);
  if (part != parts.end() && part->hash == journal::format_hex(built_in_prelude()->hash())) return built_in_prelude();
  return decode_prelude(WL_TRY(run.program_bytes(kPreludeRole)));
}

/// A pair is a parameter; a name without a value is one whose value was wiped.
void take_parameters(const data::Value& list, RunInputs& inputs) {
  inputs.parameters.clear();
  for (const auto& one : list.items()) {
    if (one.size() == 0) continue;
    const auto name = one.items()[0].text();
    if (one.size() == 1) inputs.wiped_parameters.insert(name);
    inputs.parameters.emplace_back(name, one.size() == 1 ? "****" : one.items()[1].text());
  }
}

}  // namespace

Result<RunInputs> stored_inputs(journal::RunReader& run) {
  const auto& header = run.header();
  auto stored = WL_TRY(data::decode_binary(header.inputs));
  auto inputs = WL_TRY(run_inputs_from(stored));
  if (header.secrets) {
    auto secret = WL_TRY(data::decode_binary(*header.secrets));
    if (const auto* credentials = secret.find("credentials")) inputs.credentials = *credentials;
    if (const auto* services = secret.find("services")) inputs.services = *services;
    if (const auto* parameters = secret.find("parameters")) take_parameters(*parameters, inputs);
  } else if (auto kept = WL_TRY(run.find_record("inputs", "parameters"))) {
    take_parameters(WL_TRY(data::decode_binary(*kept)), inputs);
  }
  inputs.number = header.number;
  return inputs;
}

FlowNode flow_node_from(const journal::FlowNode& stored) {
  FlowNode out;
  out.id = static_cast<std::uint64_t>(stored.id);
  out.parent = static_cast<std::uint64_t>(stored.parent);
  out.step = stored.step;
  out.label = stored.display_name;
  out.branch = stored.branch;
  out.started_millis = stored.start_ms;
  out.ended_millis = stored.end_ms;
  out.result = stored.result;
  out.cause = stored.cause;
  char* rest = nullptr;
  out.line = static_cast<std::uint32_t>(std::strtoul(stored.detail.c_str(), &rest, 10));
  if (*rest == ':') out.failed_line = static_cast<std::uint32_t>(std::strtoul(rest + 1, nullptr, 10));
  return out;
}

Result<BegunWith> begun_with(journal::RunReader& run, const std::string& state_folder) {
  const auto& header = run.header();
  auto id = header.job + "#" + std::to_string(header.number);
  if (header.semantics > kSemantics) {
    return fail(ErrorKind::unsupported,
                {"the run {} was begun by a newer version of Windlass (semantics {}, this one knows {}); go on with "
                 "that version",
                 "运行 {} 由较新版本的 Windlass 启动（语义版本 {}，本程序支持到 {}）；请用该版本继续"},
                {id, header.semantics, kSemantics});
  }
  auto prelude = WL_TRY(kept_prelude(run));
  BegunWith begun;
  begun.inputs = WL_TRY(stored_inputs(run));
  begun.inputs.state_folder = state_folder;
  if (auto late = WL_TRY(run.find_record("inputs", "late"))) {
    auto learnt = WL_TRY(data::decode_binary(*late));
    begun.inputs.previous_result = learnt.get_string("previous_result");
  }
  begun.program = build_program(begun.inputs.script_name, begun.inputs.script, std::move(prelude),
                                [&](const std::vector<std::string>& identifiers) {
                                  return kept_libraries(run, begun.inputs.libraries, identifiers);
                                });
  begun.prefix = WL_TRY(kept_prefix(run));
  return begun;
}

}  // namespace windlass::engine
