#include "kapis/blue_answer.h"

#include <map>
#include <memory>
#include <utility>

#include "kapis/crud.h"
#include "kapis/run_graph.h"
#include "runs/blue_text.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using runs::BlueText;

namespace {

constexpr std::size_t kOrderedHere = 1'000;   ///< nodes; more are a worker's
constexpr std::size_t kAtOnce = 256u * 1024;  ///< a longer text is streamed …
constexpr std::size_t kPart = 32u * 1024;     ///< … in pieces of this size, a millisecond each

}  // namespace

ApiTask<Response> blue_answer(Call& call, runs::RunInfo run, runs::BlueContext context, bool steps, BlueWish wish) {
  const auto number = wish.stage ? number_of(*wish.stage) : std::nullopt;
  auto nodes = WL_API_TRY(co_await graph_of(call, run))->nodes();
  BlueText::Mark mark;
  if (!wish.name.empty()) {
    std::map<std::uint64_t, bool> allowed;
    for (const auto& one : run.waiting) {
      if (one.code == "input") allowed[one.node] = may_answer(call.user, one);
    }
    mark = [allowed = std::move(allowed), name = std::string(wish.name), otherwise = wish.otherwise](Value& step,
                                                                                                     std::uint64_t id) {
      const auto found = allowed.find(id);
      step.set(name, found == allowed.end() ? otherwise : found->second);
    };
  }
  const auto many = nodes.size() > kOrderedHere;
  const auto make = [run = std::move(run), nodes = std::move(nodes), context = std::move(context), steps,
                     mark = std::move(mark)] { return std::make_shared<BlueText>(run, nodes, context, steps, mark); };
  const auto text = many ? co_await call.services.worker.run(make) : make();
  if (wish.stage && (!number || !text->narrow(*number))) {
    co_return objects::not_found(resource("pipelineruns").subject("node " + *wish.stage));
  }
  auto first = text->next(many ? kPart : kAtOnce);
  auto second = text->next(1);
  if (second.empty()) co_return Response::json(200, std::move(first));
  Response out;
  out.headers.add("Content-Type", "application/json");
  out.stream = [text, first = std::move(first), second = std::move(second)](net::BodyWriter& writer) -> rt::Task<> {
    WL_CO_TRY_VOID(co_await writer.write(first));
    for (auto piece = second; !piece.empty(); piece = text->next(kPart)) WL_CO_TRY_VOID(co_await writer.write(piece));
    co_return Result<>();
  };
  co_return out;
}

}  // namespace windlass::kapis
