class DeployException extends RuntimeException {
    int code
    DeployException(String m, int code) { super(m); this.code = code }
}
class Simple extends Exception { Simple(String m) { super(m) } }
try { throw new DeployException('failed', 7) } catch (DeployException e) { println "${e.message} ${e.code}" }
try { throw new Simple('s') } catch (Exception e) { println e }
println new DeployException('x', 1) instanceof RuntimeException
println new DeployException('shown', 1)
