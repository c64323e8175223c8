// credentials.bind and credentials.release. What is lent, and under which names: credential_bindings.cc.
#include "steps/aws_client.h"
#include "steps/credential_bindings.h"
#include "steps/families.h"
#include "steps/secret_folder.h"

namespace windlass::steps {

namespace {

Outcome bind(EffectContext& context, const data::Value& arguments) {
  return bind_credentials(context, arguments, assume_role);
}

constexpr EffectDescription kEffects[] = {
    {"credentials.bind", EffectKind::keyed, false, bind, nullptr, release_lease},
    {"credentials.release", EffectKind::keyed, false, release_lease},
};

}  // namespace

std::span<const EffectDescription> credential_effects() { return kEffects; }

}  // namespace windlass::steps
