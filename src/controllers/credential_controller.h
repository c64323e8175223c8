// Credentials: Secrets of KubeSphere's four types in the namespaces of projects. Each is in order or says why not.
//
// The fingerprint of its values is keyed, so that the annotation tells nobody what it can be tried against.
// A Secret outside of projects is never read, only what its metadata says.
// Source: kubesphere controllers 2.3, with nothing behind it to mirror to: a run reads the Secret itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/controller.h"
#include "controllers/events.h"

namespace windlass::controllers {

/// One of the four types.
bool is_credential_type(std::string_view type);
/// The keys that a type keeps, the required ones first; empty for another type.
struct CredentialKey {
  std::string_view name;
  bool required;
  bool secret;  ///< its value is shown to nobody
};
std::vector<CredentialKey> credential_keys(std::string_view type);

/// What is wrong with a credential, one sentence each; the sentences hold no value. Pure.
std::vector<std::string> check_credential(const data::Value& secret);

class CredentialReconciler final : public Reconciler {
 public:
  /// `keyed_hash` gives a text for bytes that only this server can compute.
  CredentialReconciler(objects::ObjectStore& store, EventRecorder& events, std::function<std::int64_t()> now_millis,
                       std::function<std::string(std::string_view)> keyed_hash)
      : store_(store), events_(events), now_millis_(std::move(now_millis)), keyed_hash_(std::move(keyed_hash)) {}
  rt::Task<Requeue> reconcile(Key key) override;
  /// Leaves out Secrets of types that clusters are full of: for the watch.
  static const objects::FieldSelector& not_of_others();

 private:
  rt::Task<bool> waits_for_us(const Key& key);

  objects::ObjectStore& store_;
  EventRecorder& events_;
  std::function<std::int64_t()> now_millis_;
  std::function<std::string(std::string_view)> keyed_hash_;
};

}  // namespace windlass::controllers
