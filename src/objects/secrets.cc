#include "objects/secrets.h"

#include "objects/metadata.h"

namespace windlass::objects {

using data::Value;

namespace {
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
}

bool is_secret(const ResourceType& type) { return type.group.empty() && type.kind == "Secret"; }

void mask_secret(Value& secret) {
  if (Value* data = secret.find("data"); data != nullptr && data->has_members()) {
    for (auto& entry : data->mutable_members()) entry.value = "";
  }
  if (Value* annotations = metadata_of(secret).find("annotations")) {
    annotations->mutable_members().erase(kLastApplied);
  }
}

void restore_masked(Value& wanted, const Value& stored) {
  if (Value* annotations = metadata_of(wanted).find("annotations")) {
    // It would hold the values in plain text; without it kubectl falls back to what it was given.
    annotations->mutable_members().erase(kLastApplied);
  }
  Value* data = wanted.find("data");
  const Value* before = stored.find("data");
  if (data == nullptr || before == nullptr || !data->has_members()) return;
  for (auto& entry : data->mutable_members()) {
    if (!entry.value.text().empty()) continue;
    if (const Value* kept = before->find(entry.key)) entry.value = *kept;
  }
}

}  // namespace windlass::objects
