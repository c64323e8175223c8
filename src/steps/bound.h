// What every effect that lends secrets or settings to a body gives: variables, the names of those that are secret, the
// texts to mask, and the lease that gives it back (docs/steps.md).
#pragma once

#include <string>
#include <string_view>

#include "steps/effect.h"

namespace windlass::steps {

class Bound {
 public:
  /// An ordinary variable. Values are texts, never references to other variables.
  void set(std::string_view name, std::string_view value);
  /// A secret variable: named in the log's line about masking, its value masked from now on.
  void set_secret(EffectContext& context, std::string_view name, std::string_view value);
  /// Masks a text that is no variable's value as a whole (a password within a file).
  void mask(EffectContext& context, std::string_view secret);
  /// A folder of make_secret_folder that credentials.release removes.
  void owns(std::string folder) { leases_.push(std::move(folder)); }
  /// Gives up: removes what it owns.
  void release();

  [[nodiscard]] data::Value result() &&;

 private:
  data::Value env_ = data::Value::list();
  data::Value names_ = data::Value::list();
  data::Value secrets_ = data::Value::list();
  data::Value leases_ = data::Value::list();
};

}  // namespace windlass::steps
