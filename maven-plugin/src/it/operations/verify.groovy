// What a dependency of the plugin brings is a function of the language, in every goal.
def log = new File(basedir, 'build.log').text
assert log.contains('done after')
assert log.contains('1 passed, 0 failed')
assert log.contains('1 program: no mistakes')
assert log.findAll('compiled com.example.Angle').size() == 2 // from the jar, and from the folder
assert log.findAll('nothing to compile').size() == 1
def jdk = log =~ /JDK\[(.+?)]/
assert jdk.find()
def runtime
new File(localRepositoryPath, 'org/nnlang/nnlang-runtime').eachFileRecurse {
    if (it.name ==~ /nnlang-runtime-[\d.]+(-SNAPSHOT)?\.jar/) {
        runtime = it
    }
}
def run = { List<Object> jars ->
    def process = [jdk.group(1) + '/bin/java', '-cp', jars.join(':'), 'com.example.App'].execute()
    def out = new StringBuilder(), err = new StringBuilder()
    process.waitForProcessOutput(out, err)
    [out.toString(), err.toString()]
}
def app = new File(basedir, 'app/target/app-1.jar')
def angles = new File(basedir, 'angles/target/angles-1.jar')
def (out, err) = run([app, angles, runtime])
assert out == '0.500\n' : "$out $err"
// A compiled model does not hold its operations.
(out, err) = run([app, runtime])
assert out.isEmpty() && err.contains('NN0872') && err.contains('arctan') : "$out $err"
