#include "steps/bound.h"

#include "steps/secret_folder.h"

namespace windlass::steps {

void Bound::set(std::string_view name, std::string_view value) {
  std::string entry(name);
  entry += '=';
  for (char c : value) {  // `$` in an override refers to another variable; doubled it is itself
    if (c == '$') entry += '$';
    entry += c;
  }
  env_.push(std::move(entry));
}

void Bound::set_secret(EffectContext& context, std::string_view name, std::string_view value) {
  set(name, value);
  names_.push(name);
  mask(context, value);
}

void Bound::mask(EffectContext& context, std::string_view secret) {
  if (secret.empty()) return;
  context.run.mask(secret);
  secrets_.push(secret);
}

void Bound::release() {
  if (auto done = release_secret_folders(leases_); !done) return;  // the run's end empties @tmp as well
}

data::Value Bound::result() && {
  return data::Value::map_of("env", std::move(env_), "names", std::move(names_), "secrets", std::move(secrets_),
                             "lease", std::move(leases_));
}

}  // namespace windlass::steps
