<?php
// An application behind SimpleSAMLphp: it asks for a sign-in as the query says, and
// answers with what it learned, as JSON.
require_once getenv('SP_LIBRARY') . '/lib/_autoload.php';

use SAML2\Constants;
use SimpleSAML\Auth\Simple;
use SimpleSAML\Auth\State;

$self = getenv('SP_BASE') . '/app.php';
$action = trim($_SERVER['PATH_INFO'] ?? '', '/');
$source = $_GET['source'] ?? 'plain';

function say(array $what): void
{
    header('Content-Type: application/json');
    echo json_encode($what);
    exit;
}

function learned(Simple $as): array
{
    $name = $as->getAuthData('saml:sp:NameID');
    return [
        'signedIn' => $as->isAuthenticated(),
        'attributes' => $as->isAuthenticated() ? $as->getAttributes() : null,
        'nameID' => $name ? $name->getValue() : null,
        'nameIDFormat' => $name ? $name->getFormat() : null,
        'sessionIndex' => $as->getAuthData('saml:sp:SessionIndex'),
        'context' => $as->getAuthData('saml:sp:AuthnContext'),
        'instant' => $as->getAuthData('AuthnInstant'),
    ];
}

if ($action === 'failed') {
    $e = State::loadExceptionState()[State::EXCEPTION_DATA];
    say([
        'signedIn' => false,
        'status' => $e instanceof \SimpleSAML\Module\saml\Error ? $e->getStatus() : null,
        'substatus' => $e instanceof \SimpleSAML\Module\saml\Error ? $e->getSubStatus() : null,
        'error' => get_class($e) . ': ' . $e->getMessage(),
    ]);
}
if ($action === 'left') {
    $state = State::loadState($_REQUEST['left'], 'interop');
    $status = $state['saml:sp:LogoutStatus'];
    say(['signedIn' => (new Simple($_GET['source']))->isAuthenticated(), 'logout' => $status['Code'], 'sublogout' => $status['SubCode'] ?? null]);
}

$as = new Simple($source);
if ($action === 'me') {
    say(learned($as));
}
if ($action === 'logout') {
    $as->logout(['ReturnTo' => "$self/left?source=$source", 'ReturnStateParam' => 'left', 'ReturnStateStage' => 'interop']);
}
if ($action === 'login') {
    $ask = ['ReturnTo' => "$self/me?source=$source", 'ErrorURL' => "$self/failed"];
    if (isset($_GET['force'])) {
        $ask['ForceAuthn'] = true;
    }
    if (isset($_GET['passive'])) {
        $ask['isPassive'] = true;
    }
    if (isset($_GET['context'])) {
        $ask['saml:AuthnContextClassRef'] = explode(' ', $_GET['context']);
        $ask['saml:AuthnContextComparison'] = $_GET['comparison'] ?? Constants::COMPARISON_EXACT;
    }
    if (isset($_GET['format'])) {
        $ask['saml:NameIDPolicy'] = ['Format' => $_GET['format'], 'AllowCreate' => true];
    }
    $as->login($ask);
}
http_response_code(404);
