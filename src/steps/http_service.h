// JSON services as steps call them: a POST of a document with a token, and what came back in one sentence. For chat,
// commit statuses and SonarQube.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/value.h"
#include "steps/effect.h"
#include "steps/http_client.h"
#include "steps/place_files.h"

namespace windlass::steps {

/// The secret text (or password) of a credential id; masked. Error: CredentialNotFoundException.
std::expected<std::string, StepError> secret_of(EffectContext& context, const std::string& id);

struct JsonAnswer {
  int status = 0;
  data::Value body;  ///< null when it is not JSON
  std::string text;  ///< what came, masked, at most 500 bytes: for messages
  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};
/// Errors: those of http_send.
Result<JsonAnswer> call_json(EffectContext& context, std::string method, std::string url,
                             std::vector<std::pair<std::string, std::string>> headers, const data::Value* document);

}  // namespace windlass::steps
