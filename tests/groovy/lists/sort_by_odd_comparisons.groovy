def t = { c -> try { println c() } catch (Exception e) { println e.class.simpleName + ': ' + e.message } }
t { [3,1,2].sort { a, b -> a > b } }
t { [3,1,2].sort { a, b -> (a - b) / 2 } }
t { [3,1,2].sort { a, b -> null } }
t { [5, -1, 5, 0].sort { a, b -> 1 } }
t { [5, -1, 5, 0].sort { a, b -> -1 } }
t { [5, -1, 5, 0, 9, 2].sort { a, b -> a == 5 ? 1 : -1 } }
t { [3,1,2].sort { a, b -> 'x' } }
t { [3,1,2].sort { a, b -> (a - b) as long } }
t { def n = 0; [4,3,2,1,5,6].sort { a, b -> n++; a <=> b }; n }
t { def l = []; [4,3,2,1,5,6].sort { a, b -> l << "$a$b"; a <=> b }; l }
t { def l = []; [2,3,1].max { a, b -> l << "$a$b"; a <=> b }; l }
t { def l = []; [2,3,1].unique { a, b -> l << "$a$b"; a <=> b }; l }
t { [c: 3, a: 1, b: 2].sort { a, b -> a.key > b.key ? 1 : -1 } }
