"""What De Linde's customers say in Dutch: per contact reason a subject and the heart of a message."""

from demo.phrases_en import Phrases

BODIES: Phrases = {
    "store-hours": ("Openingstijden en voorraad", (
        "zijn jullie zondag open en ligt dit artikel in de winkel",
        "op de site staat niet of het vandaag in de winkel ligt",
        "de openingstijden op de kaart zijn anders dan op jullie site",
        "ik wil weten of het filiaal het op voorraad heeft voordat ik kom rijden")),
    "invoice": ("Factuur", (
        "ik heb een factuur met btw nodig en kan die nergens downloaden",
        "er zat geen kassabon in het pakket en mijn werkgever vraagt erom",
        "kunnen jullie mij de factuur mailen, bij de bestelling staat alleen het totaal",
        "op de bon in de mail staat geen bedrijfsnaam")),
    "login": ("Inloggen lukt niet", (
        "ik heb een nieuw wachtwoord gemaakt en kan nog steeds niet inloggen",
        "de link om mijn wachtwoord te herstellen is meteen verlopen",
        "mijn account zit op slot na het herstellen van het wachtwoord",
        "hij zegt steeds verkeerd wachtwoord terwijl ik het net heb veranderd")),
    "address": ("Verkeerd adres", (
        "ik wil het bezorgadres wijzigen, mijn oude adres stond er nog in",
        "het huisnummer ontbreekt en na het bestellen kan ik het adres niet meer aanpassen",
        "het pakket gaat naar mijn oude adres, graag naar het nieuwe",
        "ik koos per ongeluk het adres van mijn werk en kan dat nergens wijzigen")),
    "pickup-point": ("Pakket bij afhaalpunt", (
        "mijn pakket ligt bij een afhaalpunt maar in de mail staat niet welk",
        "hoe lang bewaart het afhaalpunt mijn pakket",
        "het afhaalpunt was dicht en ik weet niet tot wanneer het daar blijft liggen",
        "er staat afhaalpunt zonder adres of openingstijden")),
    "return-label": ("Retourlabel", (
        "ik wil dit terugsturen en vind nergens een retourlabel",
        "er zat geen retourlabel in de doos en bij de bestelling staat het ook niet",
        "waar kan ik het label voor mijn retour printen",
        "de mail met het retourlabel is nooit aangekomen")),
    "cancel": ("Bestelling annuleren", (
        "ik heb tien minuten geleden het verkeerde besteld en wil annuleren",
        "graag annuleren, ik heb per ongeluk twee keer besteld",
        "er is geen knop om te annuleren terwijl ik net heb besteld",
        "ik wil de bestelling annuleren voordat hij verstuurd wordt")),
    "exchange": ("Ruilen voor andere maat", (
        "het is te klein, ik wil het graag ruilen voor een maat groter",
        "kan ik ruilen voor een andere maat zonder opnieuw te betalen",
        "ik wil de jas ruilen voor een medium maar vind alleen retourneren",
        "hoe ruil ik voor een andere maat, het formulier geeft alleen geld terug")),
    "click-collect": ("Ligt mijn bestelling klaar", (
        "ik koos ophalen in de winkel, ligt mijn bestelling al klaar",
        "nog geen bericht dat mijn bestelling klaarligt in de winkel",
        "ik stond in de winkel en mijn bestelling lag nog niet klaar",
        "de status blijft op voorbereiden, kan ik het vandaag ophalen")),
    "delivery-costs": ("Bezorgkosten", (
        "ik snap de bezorgkosten niet, in het mandje stond gratis",
        "wat kost bezorgen, ik zie het pas bij de laatste stap",
        "waarom betaal ik bezorgkosten boven de vijftig euro",
        "de bezorgkosten naar België staan nergens")),
    "delivery-date": ("Wanneer bezorgd", (
        "wanneer wordt het bezorgd als ik vandaag bestel",
        "ik heb het voor zaterdag nodig en bij het artikel staat geen bezorgdatum",
        "wat is de levertijd, er staat alleen leverbaar",
        "kunnen jullie het volgende week bezorgen, daarna ben ik op vakantie")),
    "warranty": ("Garantie en reparatie", (
        "de rits is na vier maanden stuk, valt dat onder de garantie",
        "het koffieapparaat doet het niet meer en ik wil reparatie onder garantie",
        "hoe gaat een reparatie, opsturen of naar de winkel brengen",
        "ik wacht al drie weken op mijn reparatie")),
    "where-is-my-order": ("Waar is mijn bestelling", (
        "waar is mijn bestelling, de track en trace staat al drie dagen stil",
        "maandag verzonden en er is nog niets aangekomen",
        "volgens de volgpagina is het al een week onderweg",
        "kunnen jullie zien waar mijn pakket is, de link laat niets zien")),
    "delivery-slot": ("Bezorgmoment wijzigen", (
        "ik heb alleen donderdag nodig in plaats van woensdag, waarom moet ik bellen",
        "ik ben dan niet thuis, kan het bezorgmoment naar de avond",
        "in de mail kan ik het bezorgmoment niet wijzigen",
        "kan het tijdvak naar de ochtend")),
    "discount-code": ("Kortingscode geweigerd", (
        "blijkt dat de code niet geldt voor merken die al afgeprijsd zijn, zet dat er dan bij",
        "mijn kortingscode wordt geweigerd bij het afrekenen zonder reden",
        "de code geeft steeds ongeldig terwijl hij in de mail staat",
        "de kortingscode voor mijn verjaardag wordt niet aangenomen")),
    "size-advice": ("Welke maat", (
        "welke maat heb ik nodig, ik zit tussen medium en large",
        "valt dit merk klein, de maattabel is niet duidelijk",
        "welke maat past een kind van zeven, 122 of 128",
        "ik draag normaal maat 42, welke maat moet ik hier nemen")),
    "refund": ("Geld niet terug", (
        "twee weken geleden alles teruggestuurd en mijn geld is er nog niet",
        "jullie hebben de retour bevestigd maar ik heb niets teruggekregen",
        "ik krijg minder terug dan ik betaald heb",
        "wanneer wordt het bedrag teruggestort, mijn bank ziet niets")),
    "stock-cancelled": ("Door jullie geannuleerd", (
        "het stond op voorraad en nu annuleren jullie",
        "de helft van mijn bestelling is geannuleerd omdat het uitverkocht was",
        "hoe kun je iets verkopen wat er niet is en na drie dagen annuleren",
        "geannuleerd terwijl de site nog steeds leverbaar zegt")),
    "ideal-missing": ("Betaald met iDEAL, geen bestelling", (
        "ik heb met iDEAL betaald maar er staat geen bestelling in mijn account",
        "het geld is via iDEAL afgeschreven en ik kreeg geen bevestiging",
        "iDEAL ging goed, daarna een foutmelding en de bestelling ontbreekt",
        "ik heb twee keer met iDEAL betaald omdat de eerste niet zichtbaar was")),
    "gift-card": ("Saldo cadeaukaart", (
        "hoe zie ik het saldo van mijn cadeaukaart",
        "hoeveel staat er nog op mijn cadeaubon",
        "het saldo van de cadeaukaart is lager dan ik dacht",
        "kan ik twee cadeaukaarten controleren voordat ik betaal")),
    "furniture-floor": ("Meubels naar boven", (
        "brengen jullie de bank naar de derde verdieping, er is geen lift",
        "de trap is smal, lukt de meubelbezorging dan",
        "is naar boven tillen inbegrepen bij het bezorgen van meubels",
        "niemand vroeg op welke verdieping ik woon en nu staat de kast beneden")),
    "damaged": ("Beschadigd aangekomen", (
        "de lamp is kapot aangekomen, het glas ligt in stukken",
        "de doos was gescheurd en de borden zijn beschadigd",
        "er zit een diepe kras op de bezorgde tafel",
        "het is beschadigd en ik heb voor het weekend een nieuwe nodig")),
    "assembly": ("Montage", (
        "hoe boek ik de montage van mijn kast",
        "kan iemand het bed monteren, ik vind niet waar je montage bestelt",
        "kost montage extra en kan het achteraf",
        "ik heb een bureau besteld en wil het thuis laten monteren")),
    "wero-pending": ("Wero betaling in behandeling", (
        "ik heb met Wero betaald en er blijft betaling in behandeling staan",
        "Wero zegt betaald, jullie pagina zegt in behandeling",
        "al een uur betaling in behandeling nadat ik in Wero akkoord gaf",
        "is mijn bestelling geplaatst, de Wero betaling staat nog open")),
    "missing-item": ("Artikel ontbreekt", (
        "een van de drie artikelen ontbreekt in het pakket",
        "de handdoeken zaten niet in de doos terwijl ze op de pakbon staan",
        "het pakket was niet compleet, de tweede schoenendoos ontbreekt",
        "ik bestelde vier glazen en vond er drie")),
    "wrong-item": ("Verkeerd artikel", (
        "jullie stuurden de verkeerde kleur, zwart in plaats van blauw",
        "er zit de bestelling van iemand anders in mijn doos",
        "ik kreeg het verkeerde artikel, het nummer op de bon klopt niet",
        "verkeerd geleverd, maat 36 in plaats van 40")),
    "courier": ("Bezorger belde niet aan", (
        "de bezorger heeft niet aangebeld en zegt dat ik niet thuis was",
        "ik was de hele dag thuis, er is nooit aangebeld",
        "de bezorger zette het pakket in de regen zonder aan te bellen",
        "het busje reed voorbij en de app zegt niet thuis")),
    "delayed": ("Bezorging verplaatst", (
        "mijn bezorging is voor de tweede keer naar een latere dag verplaatst",
        "ik heb een dag vrij genomen en nu komt het morgen pas",
        "waarom is de bezorging uitgesteld zonder te vragen",
        "de bezorgdag ging van vrijdag naar dinsdag")),
    "pay-later": ("Herinnering achteraf betalen", (
        "ik krijg een betalingsherinnering voor iets dat ik heb teruggestuurd",
        "er staan kosten op de herinnering terwijl ik op tijd betaald heb",
        "ik koos achteraf betalen en kan de rekening niet vinden",
        "kan de herinnering wachten, de retour is onderweg")),
    "card-declined": ("Kaart geweigerd", (
        "mijn creditcard wordt geweigerd terwijl er genoeg op staat",
        "betalen met kaart mislukt na het akkoord van de bank",
        "jullie site weigert mijn bankpas elke keer",
        "kaart twee keer geweigerd, kan ik een andere gebruiken")),
    "loyalty": ("Lindepunten ontbreken", (
        "mijn Lindepunten van de laatste aankoop zijn niet bijgeschreven",
        "ik heb minder punten dan vorige maand en niets besteed",
        "de punten van mijn aankoop in de winkel ontbreken",
        "hoe voeg ik punten van een kassabon toe")),
    "newsletter": ("Afmelden", (
        "ik heb me twee keer afgemeld en krijg nog steeds de nieuwsbrief",
        "stop alstublieft met elke dag mailen",
        "de link om af te melden doet niets",
        "hoe krijg ik minder nieuwsbrieven")),
    "account-delete": ("Account verwijderen", (
        "graag mijn account en gegevens verwijderen",
        "ik wil mijn account opheffen en vind de knop niet",
        "hoe verwijder ik mijn account",
        "verwijder alles wat jullie van mij hebben")),
    "return-period": ("Retourtermijn", (
        "hoe lang kan ik iets terugsturen dat voor een verjaardag is",
        "is de retourtermijn veertien of dertig dagen",
        "kan ik het na drie weken nog terugsturen",
        "gaat de retourtermijn in op de dag van bezorging")),
    "return-store": ("Retour in de winkel", (
        "kan ik een online bestelling in de winkel terugbrengen",
        "heb ik het label nodig als ik in de winkel retourneer",
        "welke winkels nemen retouren van de site aan",
        "ik wil mijn retour in de winkel inleveren en daar mijn geld terug")),
    "return-heavy": ("Grote retour ophalen", (
        "wie haalt de fauteuil op die ik wil terugsturen",
        "niemand kwam de grote retour ophalen",
        "de retour is te zwaar voor een afhaalpunt, kunnen jullie hem ophalen",
        "wanneer wordt het matras opgehaald")),
    "back-in-stock": ("Weer op voorraad", (
        "wanneer is het weer op voorraad in mijn maat",
        "komt de blauwe nog terug",
        "ik vroeg om een voorraadmelding en hoorde niets",
        "is het definitief uitverkocht of komt het terug")),
    "material": ("Materiaal en onderhoud", (
        "waar is het van gemaakt en mag het in de wasmachine",
        "hoe breed is de tafel zonder uitschuifdelen",
        "is de voering van echte wol",
        "krimpt de stof, het waslabel staat niet op de foto's")),
    "price-match": ("Prijs veranderd", (
        "de dag na mijn bestelling was de prijs lager, krijg ik het verschil",
        "ik betaalde meer dan de prijs die er vandaag staat",
        "de prijs in het mandje is anders dan bij het artikel",
        "gisteren was het twintig euro goedkoper")),
    "gift-wrap": ("Cadeauverpakking", (
        "kan het als cadeau ingepakt worden met een kaartje erbij",
        "waar typ ik de tekst voor het kaartje",
        "de cadeauverpakking zat er niet omheen",
        "staat er een prijs op de bon als ik het als cadeau stuur")),
    "alterations": ("Kleermaker", (
        "kan de broek in de winkel korter gemaakt worden",
        "hoe lang doet de kleermaker over een pak",
        "mijn vermaakte jurk was niet klaar op de beloofde dag",
        "wat kost een jurk innemen")),
    "job-business": ("Zakelijke bestelling", (
        "wij willen veertig cadeauboxen voor ons personeel bestellen",
        "kan ons bedrijf op factuur betalen",
        "is er een zakelijk account met korting",
        "wij hebben het btw-nummer nodig op een zakelijke bestelling")),
}  # fmt: skip
