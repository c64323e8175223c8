for (c in [{ throw new IllegalStateException('a') }, { throw new IOException('b') }, { Integer.parseInt('x') }]) {
    try { c() }
    catch (IllegalStateException | IOException e) { println "multi ${e.message}" }
    catch (NumberFormatException e) { println "number ${e.message}" }
}
