// Runs that a token starts from outside: spec.pipeline.generic_webhook of a pipeline, or GenericTrigger(…) of its
// Jenkinsfile. What a request brings becomes variables, and a text made of them decides whether it runs. Source: the
// generic webhook trigger by behaviour.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controllers/controller.h"
#include "controllers/job_facts.h"
#include "data/value.h"

namespace windlass::controllers {

/// What of a request matters to a trigger.
struct TriggerRequest {
  std::vector<std::pair<std::string, std::string>> query, headers;
  data::Value body;  ///< of JSON, or a form as a map of lists; null where there is none
  std::string text;  ///< the body as it came
};

struct TriggerOutcome {
  bool triggered = false;
  std::string expression, text;  ///< what was compared; both empty: nothing was asked for
  std::map<std::string, std::string> variables;
  std::string cause;
};

/// The trigger of a pipeline that is on: its object's own, else what its Jenkinsfile says. null: none. Pure.
data::Value active_webhook(const data::Value& pipeline, const runs::JobProperties& properties);
/// What a request means for a trigger that is on. Pure.
TriggerOutcome try_trigger(const data::Value& webhook, const TriggerRequest& request);

/// Which pipelines have which token, by its digest: asked without looking at every pipeline. A Reconciler of the kind
/// Pipeline.
class TriggerIndex final : public Reconciler {
 public:
  TriggerIndex(objects::ObjectStore& store, const JobFacts& facts) : store_(store), facts_(facts) {}
  rt::Task<Requeue> reconcile(Key key) override;
  [[nodiscard]] std::vector<Key> with_token(const std::string& token) const;
  /// As active_webhook(), with what is known of the pipeline's Jenkinsfile.
  [[nodiscard]] data::Value webhook_of(const Key& key, const data::Value& pipeline) const;

 private:
  objects::ObjectStore& store_;
  const JobFacts& facts_;
  std::map<std::string, std::set<Key>> by_digest_;
  std::map<Key, std::string> digests_;
};

}  // namespace windlass::controllers
