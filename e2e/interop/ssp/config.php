<?php
// SimpleSAMLphp as a service provider on this machine; simplesamlphp.mjs starts it.
$place = getenv('SP_PLACE');
$config = [
    'baseurlpath' => getenv('SP_BASE') . '/simplesaml/',
    'certdir' => "$place/cert/",
    'loggingdir' => "$place/",
    'datadir' => "$place/",
    'tempdir' => "$place/tmp",
    'secretsalt' => 'interop',
    'auth.adminpassword' => bin2hex(random_bytes(16)),
    'admin.checkforupdates' => false,
    'timezone' => 'UTC',
    'trusted.url.domains' => ['ssp.localhost'],
    'trusted.url.regex' => false,
    'showerrors' => true,
    'errorreporting' => false,
    'debug' => ['saml' => false, 'backtraces' => false, 'validatexml' => false],
    'logging.level' => 4,
    'logging.handler' => 'file',
    'logging.logfile' => 'simplesamlphp.log',
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'session.phpsession.savepath' => "$place/sessions",
    'session.duration' => 8 * 3600,
    'language.cookie.secure' => false,
    'language.available' => ['en'],
    'theme.use' => 'default',
    'production' => false,
    'store.type' => 'phpsession',
    'authproc.sp' => [],
    'metadata.sources' => array_map(
        fn ($file) => ['type' => 'xml', 'file' => $file],
        glob("$place/idp/*.xml")
    ),
];
