#include "kube/pace.h"

#include <algorithm>

namespace windlass::kube {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

PaceMoment Pace::next(PaceMoment now) {
  const auto earliest = std::max(now, paused_until_);
  if (options_.per_second <= 0) return earliest;
  if (counted_) {
    const double passed = duration<double>(now - *counted_).count();
    if (passed > 0) tokens_ = std::min(options_.burst, tokens_ + passed * options_.per_second);
  }
  counted_ = counted_ ? std::max(*counted_, now) : now;
  tokens_ -= 1;
  if (tokens_ >= 0) return earliest;
  // Below nothing: those before us have taken what comes until then.
  const auto wait = duration<double>(-tokens_ / options_.per_second);
  return std::max(earliest, *counted_ + duration_cast<PaceMoment::duration>(wait));
}

PaceMoment Pace::refused(PaceMoment now, std::chrono::seconds retry_after) {
  const auto pause = std::min<milliseconds>(retry_after.count() > 0 ? milliseconds(retry_after) : milliseconds(1000),
                                            options_.max_pause);
  paused_until_ = std::max(paused_until_, now + pause);
  return paused_until_;
}

milliseconds Backoff::failed(PaceMoment now, double chance) {
  if (well_since_ && now - *well_since_ >= options_.forgiven) next_ = options_.first;
  well_since_.reset();
  const auto pause = next_;
  next_ = std::min(options_.most,
                   milliseconds(static_cast<std::int64_t>(static_cast<double>(next_.count()) * options_.factor)));
  const double part = 0.5 + 0.5 * std::clamp(chance, 0.0, 1.0);
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * part));
}

void Backoff::worked(PaceMoment now) {
  if (!well_since_) well_since_ = now;
}

}  // namespace windlass::kube
