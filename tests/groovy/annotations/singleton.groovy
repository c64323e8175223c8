@Singleton class Report {
  static int asked = 3
  List seen = [asked]
  def add(x) { seen << x; this }
}
println Report.instance.add(1).add(2).seen
println Report.getInstance().is(Report.instance)
println Report.instance.seen.size()
try {
  new Report()
} catch (RuntimeException e) { println e.message }
