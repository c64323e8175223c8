// What waitForQualityGate gives.
package hudson.plugins.sonar

class QualityGate {
    final String status

    QualityGate(Map gate) {
        status = gate.status
    }
}
