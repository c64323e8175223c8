// Runs that a token starts from outside: spec.pipeline.generic_webhook of a pipeline. What a request brings becomes
// variables, and a text made of them decides whether it runs. Source: the generic webhook trigger by behaviour.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controllers/controller.h"
#include "data/value.h"

namespace windlass::controllers {

/// What of a request matters to a trigger.
struct TriggerRequest {
  std::vector<std::pair<std::string, std::string>> query, headers;
};

struct TriggerOutcome {
  bool triggered = false;
  std::string expression, text;  ///< what was compared; both empty: nothing was asked for
  std::map<std::string, std::string> variables;
  std::string cause;
};

/// Nothing where the pipeline has no such trigger that is on. Pure.
std::optional<TriggerOutcome> try_trigger(const data::Value& pipeline, const TriggerRequest& request);
/// The token of a pipeline's trigger that is on; empty: none. Pure.
std::string trigger_token(const data::Value& pipeline);

/// Which pipelines have which token, by its digest: asked without looking at every pipeline. A Reconciler of the kind
/// Pipeline.
class TriggerIndex final : public Reconciler {
 public:
  explicit TriggerIndex(objects::ObjectStore& store) : store_(store) {}
  rt::Task<Requeue> reconcile(Key key) override;
  [[nodiscard]] std::vector<Key> with_token(const std::string& token) const;

 private:
  objects::ObjectStore& store_;
  std::map<std::string, std::set<Key>> by_digest_;
  std::map<Key, std::string> digests_;
};

}  // namespace windlass::controllers
