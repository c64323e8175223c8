// What a body is lent of credentials: variables, and files in a folder of their own.
//
// Roles of AWS are taken by a request to AWS, which not every program can send: the caller says how.
#pragma once

#include <expected>

#include "steps/aws_keys.h"
#include "steps/effect.h"

namespace windlass::steps {

using TakeRole = std::expected<AwsKeys, StepError> (*)(EffectContext& context, const AwsKeys& keys,
                                                       const AwsRole& role);

/// The effect credentials.bind. Without `take_role` a binding of a role fails.
Outcome bind_credentials(EffectContext& context, const data::Value& arguments, TakeRole take_role);

}  // namespace windlass::steps
