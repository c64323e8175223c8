// Keys of AWS and the role they take.
#pragma once

#include <cstdint>
#include <string>

namespace windlass::steps {

struct AwsKeys {
  std::string access_key, secret_key, session_token;
};

struct AwsRole {
  std::string arn;
  std::string session_name;
  std::string external_id;
  std::int64_t seconds = 3600;
  std::string region;  ///< empty: that of the environment
};

}  // namespace windlass::steps
