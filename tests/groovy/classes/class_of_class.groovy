class Log {
  String scope
  Log(Object owner) { scope = owner.getClass().getName() }
}
class Holder {
  static Log log = new Log(this)
  Log own = new Log(this)
}
println Holder.log.scope
println new Holder().own.scope
println String.getClass()
println String.getClass().getSimpleName()
println Class.isInstance(Integer)
println Class.getName()
