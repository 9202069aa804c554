<?php
// A client that nobody here wrote: PHP's SoapClient, led by api/issuing.wsdl alone. Reads one JSON object from standard
// input, asks for the catalogue, for choices and for one certificate, and prints one JSON object.
ini_set('soap.wsdl_cache_enabled', '0');
$in = json_decode(stream_get_contents(STDIN), true);
$tls = stream_context_create(['ssl' => [
    'local_cert' => $in['cert'], 'local_pk' => $in['key'], 'cafile' => $in['ca'],
    'verify_peer' => true, 'verify_peer_name' => true, 'peer_name' => 'localhost',
]]);
$client = new SoapClient($in['wsdl'], [
    'location' => $in['url'], 'soap_version' => $in['version'] == '1.2' ? SOAP_1_2 : SOAP_1_1,
    'stream_context' => $tls, 'trace' => true, 'exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
]);
$out = ['bodies' => []];
function decoded($chain) { return array_map('base64_decode', $chain); }
function call($client, $name, $request, &$out) {
    $answer = $client->__soapCall($name, [$request]);
    $out['bodies'][] = $client->__getLastRequest();
    $out['bodies'][] = $client->__getLastResponse();
    return $answer;
}
try {
    if (isset($in['catalogue'])) {
        $answer = call($client, 'getServiceCatalogue', $in['catalogue'], $out);
        $kind = $answer->catalogue->kind[0];
        $out['catalogue'] = ['version' => $answer->version, 'name' => $answer->catalogue->name->in[0]->text,
            'code' => $kind->code, 'fee' => $kind->fee, 'options' => count($kind->option)];
    }
    if (isset($in['issue'])) {
        $in['issue']['chain'] = decoded($in['issue']['chain']);
        $answer = call($client, 'issueCertificate', $in['issue'], $out);
        $out['issue'] = ['issue' => $answer->issueId, 'application' => $answer->binding->applicationId,
            'manifest' => base64_encode($answer->manifest), 'pages' => []];
        foreach ($answer->page as $page) {
            $out['issue']['pages'][] = base64_encode($page->pdf);
        }
    }
} catch (SoapFault $fault) {
    $out['bodies'][] = $client->__getLastRequest();
    $out['bodies'][] = $client->__getLastResponse();
    $out['fault'] = ['string' => $fault->faultstring, 'detail' => $fault->detail ?? null];
}
echo json_encode($out, JSON_UNESCAPED_UNICODE);
