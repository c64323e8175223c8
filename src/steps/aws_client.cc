#include "steps/aws_client.h"

#include "data/xml.h"
#include "steps/http_client.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

std::string variable(const Place& place, std::string_view name) {
  auto found = place.environment.find(std::string(name));
  return found == place.environment.end() ? std::string() : found->second;
}

/// "Code: Message" of an error answer.
std::string error_text(const data::XmlNode& answer) {
  const auto* error = answer.find("Error");
  const auto& node = error == nullptr ? answer : *error;
  return node.child_content("Code") + ": " + node.child_content("Message");
}

}  // namespace

AwsKeys aws_keys(const Place& place) {
  return {.access_key = variable(place, "AWS_ACCESS_KEY_ID"),
          .secret_key = variable(place, "AWS_SECRET_ACCESS_KEY"),
          .session_token = variable(place, "AWS_SESSION_TOKEN")};
}

std::string aws_region(const Place& place) {
  for (std::string_view name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (auto region = variable(place, name); !region.empty()) return region;
  }
  return "us-east-1";
}

std::string aws_endpoint(const Place& place, std::string_view service) {
  auto url = variable(place, "AWS_ENDPOINT_URL_" + std::string(service));
  if (url.empty()) url = variable(place, "AWS_ENDPOINT_URL");
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::expected<AwsKeys, StepError> assume_role(EffectContext& context, const AwsKeys& keys, const AwsRole& role) {
  if (keys.access_key.empty() || keys.secret_key.empty()) {
    return abort_with("Cannot assume the role " + role.arn +
                      ": neither credentials nor AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are given");
  }
  const auto region = role.region.empty() ? aws_region(context.place) : role.region;
  auto url = aws_endpoint(context.place, "STS");
  if (url.empty()) url = "https://sts." + region + ".amazonaws.com";
  std::string body = "Action=AssumeRole&Version=2011-06-15&RoleArn=" + text::encode_uri_component(role.arn) +
                     "&RoleSessionName=" + text::encode_uri_component(role.session_name) +
                     "&DurationSeconds=" + std::to_string(role.seconds);
  if (!role.external_id.empty()) body += "&ExternalId=" + text::encode_uri_component(role.external_id);
  HttpRequest request;
  request.method = "POST";
  request.url = url + "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  if (!keys.session_token.empty()) request.headers.emplace_back("X-Amz-Security-Token", keys.session_token);
  request.body = std::move(body);
  request.user = keys.access_key;
  request.password = keys.secret_key;
  request.aws_signature = "aws:amz:" + region + ":sts";
  request.max_body = 1U << 20U;
  auto answer = http_send(request, [&context] { return context.run.cancelled(); });
  if (!answer) return abort_with("Cannot assume the role " + role.arn + ": " + answer.error().message);
  auto parsed = data::parse_xml(answer->body);
  if (answer->status != 200 || !parsed) {
    return abort_with("Cannot assume the role " + role.arn + ": " +
                      (parsed ? error_text(*parsed) : "the answer was " + answer->status_line));
  }
  const auto* result = parsed->find("AssumeRoleResult");
  const auto* found = result == nullptr ? nullptr : result->find("Credentials");
  if (found == nullptr) return abort_with("Cannot assume the role " + role.arn + ": the answer holds no credentials");
  AwsKeys out{.access_key = found->child_content("AccessKeyId"),
              .secret_key = found->child_content("SecretAccessKey"),
              .session_token = found->child_content("SessionToken")};
  context.run.mask(out.secret_key);
  context.run.mask(out.session_token);
  return out;
}

}  // namespace windlass::steps
