// The configuration file: the keys of KubeSphere's kubesphere.yaml that mean something here. Others are left alone, so
// that the file of an installation can be given as it is.
//
//   authentication: {jwtSecret: …, maximumClockSkew: 10s}     jwtSecret: … (older)
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace windlass::server {

struct ServerConfig {
  std::string jwt_secret;  ///< empty: KubeSphere's tokens are not taken
  std::chrono::seconds clock_skew{10};
};

/// Errors: not_found, invalid (with line and column, or which key is wrong); the secret is in no message.
Result<ServerConfig> read_config(const std::string& path);

}  // namespace windlass::server
