<?php
// The services, as simplesamlphp.mjs wrote them down.
$config = json_decode(file_get_contents(getenv('SP_PLACE') . '/sources.json'), true);
