@echo off
rem Runs nn with a JDK 25, and builds it on first use and whenever a source has changed: what ./nn does elsewhere.
rem   NN_JAVA_HOME   the JDK to use; else JAVA_HOME's, JAVA25_HOME's, PATH's, or one from the usual folders
rem   NN_OPTS        more options for the JVM
rem   NN_CLASSPATH   jars with operations of your own, as --class-path takes them
rem   NN_NO_BUILD    when set, starts what was built last, without looking at the sources, which saves a second
setlocal EnableExtensions DisableDelayedExpansion
set "nnhome=%~dp0"
if "%nnhome:~-1%"=="\" set "nnhome=%nnhome:~0,-1%"

if not defined NN_JAVA_HOME goto search
rem As it is often written with quotes.
set "jdk=%NN_JAVA_HOME:"=%"
call :is25 "%jdk%" && goto found
>&2 echo nn: NN_JAVA_HOME is "%jdk%", which holds no JDK 25: set it to the folder of one, or unset it
exit /b 1

:search
for %%d in ("%JAVA_HOME%" "%JAVA25_HOME%") do call :is25 "%%~d" && set "jdk=%%~d" && goto found
for %%j in (javac.exe) do if not "%%~$PATH:j"=="" for %%d in ("%%~dp$PATH:j..") do call :is25 "%%~fd" && set "jdk=%%~fd" && goto found
for %%p in (
    "%ProgramFiles%\Eclipse Adoptium"
    "%ProgramFiles%\Java"
    "%ProgramFiles%\Microsoft"
    "%ProgramFiles%\Zulu"
    "%ProgramFiles%\Amazon Corretto"
    "%ProgramFiles%\BellSoft"
    "%ProgramFiles%\OpenJDK"
    "%LOCALAPPDATA%\Programs\Eclipse Adoptium"
    "%USERPROFILE%\.jdks"
    "%USERPROFILE%\.gradle\jdks"
    "%USERPROFILE%\.sdkman\candidates\java"
) do for /d %%d in ("%%~p\*") do call :is25 "%%~d" && set "jdk=%%~d" && goto found
for /d %%p in ("%USERPROFILE%\scoop\apps\*jdk*") do call :is25 "%%~p\current" && set "jdk=%%~p\current" && goto found
>&2 echo nn: needs a JDK 25 and found none: install one, or set NN_JAVA_HOME to its folder
exit /b 1

:found
rem Each kind of command has its cache, which serves only the flags and the class path that it was made with.
set "check=-XX:+UseSerialGC -Xlog:disable"
set "train=-XX:+UseSerialGC -Xlog:disable --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
set "jars=%nnhome%\cli\target\*;%nnhome%\cli\target\lib\*"
set "needs=builds itself on first use"
if not exist "%nnhome%\.nn\built" goto build
if defined NN_NO_BUILD goto start
call :stale || goto start
set "needs=builds itself again, as its sources have changed"

:build
where mvn >nul 2>nul && goto maven
>&2 echo nn: %needs% with Maven, but there is no 'mvn' on the PATH: install Maven 3.8 or later
exit /b 1

:maven
>&2 echo nn: %needs% ...
pushd "%nnhome%" || exit /b 1
if not exist .nn mkdir .nn
rem Its time is when the build began: what is edited meanwhile counts as changed.
type nul >.nn\built.new
if exist cli\target\lib rmdir /s /q cli\target\lib
set "JAVA25_HOME=%jdk%"
if not defined JAVA_HOME set "JAVA_HOME=%jdk%"
call mvn -B -q -Dmaven.test.skip=true -Dnn.analysis=-Xdiags:compact -pl cli -am package >.nn\build.log 2>&1
if errorlevel 1 goto broken

rem Without a cache everything works, so a failure is only noted. What the JVM says of its options comes before -Xlog:disable.
if exist .nn\*.aot del /q .nn\*.aot
"%jdk%\bin\java" %check% -XX:AOTCacheOutput=.nn\check.aot -cp "%jars%" org.nnlang.cli.Main check samples\digits\digits.nn >.nn\check.log 2>&1
"%jdk%\bin\java" %train% -XX:AOTCacheOutput=.nn\train.aot -Dnn.cache=.nn\warm\cache -cp "%jars%" org.nnlang.cli.Rehearsal train samples\digits\digits.nn --epochs 2 --output .nn\warm >.nn\train.log 2>&1
rem A file, as a block of echoes would end at the first closing bracket.
>.nn\session.txt echo val x = normal([4, 3])
>>.nn\session.txt echo val m = Dense(2, relu)
>>.nn\session.txt echo m(x)
>>.nn\session.txt echo :type x
set "history=%NN_HISTORY%"
set "NN_HISTORY=.nn\warm-history"
"%jdk%\bin\java" %train% -XX:AOTCacheOutput=.nn\repl.aot -cp "%jars%" org.nnlang.cli.Main repl --interactive <.nn\session.txt >.nn\repl.log 2>&1
set "NN_HISTORY=%history%"
if exist .nn\warm rmdir /s /q .nn\warm
del /q .nn\session.txt .nn\warm-history >nul 2>nul
move /y .nn\built.new .nn\built >nul
popd

:start
set "flags=%check% -XX:TieredStopAtLevel=1"
set "cache=check"
for %%c in (train evaluate run test generate devices doctor) do if "%~1"=="%%c" set "cache=train"
if "%~1"=="repl" set "cache=repl"
if not "%cache%"=="check" set "flags=%train%"
"%jdk%\bin\java" %flags% -XX:AOTCache="%nnhome%\.nn\%cache%.aot" %NN_OPTS% -cp "%jars%" org.nnlang.cli.Main %*
exit /b %errorlevel%

:broken
>&2 echo nn: the build failed, and this is why; .nn\build.log has all of it
>&2 findstr /b /c:"[ERROR]" .nn\build.log
popd
exit /b 1

rem Whether anything that goes into the jars has changed since the build began. A file that went shows as its folder's change.
:stale
powershell -NoProfile -Command "$h = $env:nnhome; $b = (Get-Item -LiteralPath $h\.nn\built).LastWriteTimeUtc; $s = @(Get-Item $h\pom.xml, $h\*\pom.xml) + @(Get-ChildItem -Recurse $h\build, $h\docs\errors, $h\*\src\main); if ($s | Where-Object { $_.LastWriteTimeUtc -gt $b -and $_.FullName.Substring($h.Length) -notmatch '^\\(benchmarks|samples|kotlin)\\' }) { exit 0 } else { exit 1 }"
exit /b %errorlevel%

rem Whether a folder holds a JDK 25 with its compiler, by the JDK's own release file. The dot stands for a quote, which would end the pattern.
:is25
if "%~1"=="" exit /b 1
if not exist "%~1\bin\javac.exe" exit /b 1
findstr /b /r /c:"JAVA_VERSION=.25[^0-9]" "%~1\release" >nul 2>nul
exit /b %errorlevel%
