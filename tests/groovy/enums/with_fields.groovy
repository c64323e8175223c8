enum Planet {
    EARTH(5.97, 'e'), MARS(0.64, 'm')
    final BigDecimal mass
    final String code
    Planet(BigDecimal mass, String code) { this.mass = mass; this.code = code }
    String describe() { "${name().toLowerCase()} $mass $code" }
    static Planet byCode(String c) { values().find { it.code == c } }
}
println Planet.EARTH.mass
println Planet.MARS.describe()
println Planet.byCode('m')
println Planet.values().collectEntries { [it.code, it.mass] }
