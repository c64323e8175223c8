// From a route to a run: by object or by build number, with the answers that all run routes share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kapis/numbers.h"
#include "kapis/route.h"
#include "runs/blue_ocean.h"
#include "runs/run_service.h"

namespace windlass::kapis {

/// What the run store says, in Kubernetes' terms.
objects::ApiStatus status_of(const Error& error);

template <class T>
objects::Outcome<T> to_outcome(Result<T> result) {
  if (!result) return std::unexpected(status_of(result.error()));
  if constexpr (!std::is_void_v<T>) {
    return std::move(result).value();
  } else {
    return {};
  }
}

/// A number of the query: nothing where it is not there, 400 for what is none. Of our own API; the old surfaces take
/// what is none as if it were not there.
objects::Outcome<std::optional<std::uint64_t>> number(const Call& call, std::string_view name);

/// The run of build number {r} of pipeline {p} in project {d}. 404 when there is none.
objects::ApiTask<runs::RunInfo> run_by_number(Call& call);
/// The run of the PipelineRun {pr} in the namespace {d}; nothing while it is not accepted. 404 without the object.
objects::ApiTask<std::optional<runs::RunInfo>> run_by_object(Call& call, data::Value* object = nullptr);

/// How Blue Ocean's REST names this run; `rest` style with links.
runs::BlueContext blue_context(const Call& call, const runs::RunInfo& run);

/// A new PipelineRun of pipeline {p} as the caller, and its object. `parameters`: a list of {name, value}; null: none.
/// `spec` null: the pipeline's own.
objects::ApiTask<data::Value> create_run(Call& call, const data::Value* parameters, data::Value spec,
                                         const std::vector<std::pair<std::string, std::string>>& annotations = {});
/// Waits a moment for an object's run to be accepted.
objects::ApiTask<runs::RunInfo> accepted_run(Call& call, const data::Value& object);

/// text/plain from `start` (query), X-Text-Size and X-More-Data as Blue Ocean has them. `nodes` empty: the whole log.
objects::ApiTask<net::Response> log_answer(Call& call, const runs::RunInfo& run, std::vector<std::uint64_t> nodes);

/// May they answer this `input`? One named in its submitters, an administrator, or anybody with the right to
/// change runs where it names nobody.
bool may_answer(const rights::User& user, const runs::Waiting& input);

/// A file of the server's as an attachment of this name, with Range; 404 for one that is not there. `of`: whose it is.
net::Response file_answer(const Call& call, const std::string& file, std::string_view name,
                          const objects::ResourceType& of);

}  // namespace windlass::kapis
