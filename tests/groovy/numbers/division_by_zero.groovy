try { println 1 / 0 } catch (e) { println e }
try { println 1.intdiv(0) } catch (e) { println e }
try { println 1 % 0 } catch (e) { println e }
try { println 1.0 / 0 } catch (e) { println e }
try { println 1G.divide(0G) } catch (e) { println e }
