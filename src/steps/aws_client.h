// The little of AWS that steps need: temporary keys of a role (STS), and where its services are.
// Addresses follow AWS_ENDPOINT_URL (and AWS_ENDPOINT_URL_S3, _STS), so compatible services work as well.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "steps/aws_keys.h"
#include "steps/effect.h"

namespace windlass::steps {

/// The keys of the environment; empty ones when there are none.
AwsKeys aws_keys(const Place& place);
/// AWS_REGION, AWS_DEFAULT_REGION, else us-east-1.
std::string aws_region(const Place& place);
/// The service's own address from the environment, or empty.
std::string aws_endpoint(const Place& place, std::string_view service);

/// AssumeRole. The keys that come back are masked.
std::expected<AwsKeys, StepError> assume_role(EffectContext& context, const AwsKeys& keys, const AwsRole& role);

}  // namespace windlass::steps
